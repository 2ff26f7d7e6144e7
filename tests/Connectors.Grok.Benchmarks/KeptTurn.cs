using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>
/// The turn of <see cref="StatefulTurn"/> against the least code that keeps it. The floor calls the plain client, joins the answer to messages, computes the hashes by which the turn and
/// its answer are found again, writes the turn as JSON and adds it to a dictionary, from which the next turn reads where it continues.
/// </summary>
[MemoryDiagnoser]
public class KeptTurn
{
    private readonly GrokChatClient _bare = MemoryTransport.Events(Payloads.Stream(StatefulTurn.Texts, StatefulTurn.Thoughts, sealedBytes: StatefulTurn.SealedBytes)).NewGrok();
    private readonly StatefulTurn _stateful = new();
    private readonly byte[] _utf8 = new byte[16 * 1024];
    private readonly ArrayBufferWriter<byte> _json = new(16 * 1024);
    private Dictionary<string, byte[]> _turns = [];
    private Dictionary<string, string> _heads = [];
    private int _count;

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    /// <summary>The id and the JSON of the last turn that the floor kept.</summary>
    internal (string Id, ReadOnlyMemory<byte> Json) Head => (_heads[StatefulTurn.Name], _turns[_heads[StatefulTurn.Name]]);

    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        if (_count++ % StatefulTurn.Conversation == 0)
        {
            (_turns, _heads) = ([], []);
        }

        var (response, hash) = _heads.TryGetValue(StatefulTurn.Name, out var head) ? Read(_turns[head]) : (null, "");
        var (count, size) = (0, 0L);
        var (text, thought, others) = (new StringBuilder(), new StringBuilder(), new List<ChatResponseUpdate>());
        await foreach (var update in _bare.GetStreamingResponseAsync(Payloads.Question, new ChatOptions { ConversationId = response }))
        {
            size += update.Text.Length;
            switch (update.Contents)
            {
                case [TextContent { RawRepresentation: null } piece]:
                    text.Append(piece.Text);
                    break;
                case [TextReasoningContent { ProtectedData: null } piece]:
                    thought.Append(piece.Text);
                    break;
                default:
                    others.Add(update);
                    break;
            }

            if (update.FinishReason is not null)
            {
                others.InsertRange(0, [new(ChatRole.Assistant, [new TextReasoningContent(thought.ToString())]), new(ChatRole.Assistant, text.ToString())]);
                Keep(others.ToChatResponse(), head, hash);
                count++;
            }
        }

        return new Tally(count, size);
    }

    [Benchmark]
    public Task<Tally> Grok() => _stateful.Grok();

    /// <summary>Where the next turn continues: the id of the response, and the hash of all messages up to it.</summary>
    private static (string? Response, string Hash) Read(ReadOnlySpan<byte> turn)
    {
        var (response, hash) = ((string?)null, "");
        var reader = new Utf8JsonReader(turn);
        reader.Read();
        while (reader.Read() && !reader.ValueTextEquals("input"u8))
        {
            if (reader.ValueTextEquals("response_id"u8) && reader.Read())
            {
                response = reader.GetString();
            }
            else if (reader.ValueTextEquals("hash"u8) && reader.Read())
            {
                hash = reader.GetString()!;
            }
            else
            {
                reader.Skip();
            }
        }

        return (response, hash);
    }

    /// <summary>The hashes of all messages up to the answer, of the user's message, and of the answer after the user's message.</summary>
    private (string All, string User, string Answer) HashesOf(string before, string answer)
    {
        var user = Hash("u\0", Payloads.Question);
        return (Hash(Hash(before, "u\0", Payloads.Question), "a\0", answer), user, Hash(user, "\n", answer));
    }

    private string Hash(params ReadOnlySpan<string> texts)
    {
        var length = 0;
        foreach (var text in texts)
        {
            length += Encoding.UTF8.GetBytes(text, _utf8.AsSpan(length));
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_utf8.AsSpan(0, length), hash);
        return Convert.ToHexString(hash);
    }

    private void Keep(ChatResponse answer, string? parent, string before)
    {
        var hashes = HashesOf(before, answer.Text);
        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("response_id"u8, answer.ResponseId);
            writer.WriteString("hash"u8, hashes.All);
            writer.WriteString("user"u8, hashes.User);
            writer.WriteString("answer"u8, hashes.Answer);
            writer.WriteString("model"u8, answer.ModelId);
            writer.WriteString("parent"u8, parent);
            writer.WriteNumber("tokens"u8, answer.Usage?.TotalTokenCount ?? 0);
            writer.WriteString("input"u8, Payloads.Question);
            foreach (var message in answer.Messages)
            {
                Write(writer, message);
            }

            writer.WriteEndObject();
        }

        var id = Guid.NewGuid().ToString("N");
        _turns.Add(id, _json.WrittenSpan.ToArray());
        _heads[StatefulTurn.Name] = id;
    }

    private static void Write(Utf8JsonWriter writer, ChatMessage message)
    {
        writer.WriteStartArray(message.Role.Value);
        foreach (var content in message.Contents)
        {
            writer.WriteStartObject();
            if (content is TextReasoningContent reasoning)
            {
                writer.WriteString("reasoning"u8, reasoning.Text);
                writer.WriteString("protected"u8, reasoning.ProtectedData);
            }
            else if (content is TextContent text)
            {
                writer.WriteString("text"u8, text.Text);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
