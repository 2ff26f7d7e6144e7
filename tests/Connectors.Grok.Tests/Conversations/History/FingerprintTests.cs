using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

public class FingerprintTests
{
    private const int Gathered = 64 * 1024;

    /// <summary>Fingerprints are kept as long as a conversation is: another version of this library must compute the same.</summary>
    [Theory]
    [InlineData("user")]
    [InlineData("named user")]
    [InlineData("assistant")]
    [InlineData("tool")]
    [InlineData("call")]
    [InlineData("call with arguments")]
    [InlineData("result")]
    [InlineData("data")]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("refusal")]
    public void Stored_fingerprints_stay_valid(string kind)
    {
        byte[] link = kind switch
        {
            "user" => [.. "Tu\0"u8, .. "1"u8],
            "named user" => [.. "Tu:Bob\0"u8, .. "1"u8],
            "assistant" => [.. "Ta\0"u8, .. "1"u8],
            "tool" => [.. "Tu\0"u8, .. "1"u8],
            "call" => [.. "c"u8, .. Sized("1"), .. Sized("f")],
            "call with arguments" => [.. "c"u8, .. Sized("1"), .. Sized("f"), .. "{"u8, .. Sized("a"), .. Sized("2"), .. Sized("b"), .. "["u8, .. Sized("true"), .. "]}"u8],
            "result" => [.. "r"u8, .. Sized("c"), .. Sized("1")],
            "data" => "d1"u8.ToArray(),
            "link" => [.. "l"u8, .. Sized("https://example.org/1")],
            "file" => [.. "f"u8, .. Sized("1")],
            _ => [.. "e"u8, .. Sized("1")],
        };
        var before = SHA256.HashData("Tu\0Hello."u8);
        Assert.Equal(Convert.ToHexString(SHA256.HashData([.. kind is "user" or "tool" ? "Tu\0Hello.1"u8.ToArray() : [.. before, .. link]])), HashOf(new ChatMessage(ChatRole.User, "Hello."), One(kind, "1")));
    }

    [Fact]
    public void Every_other_content_or_speaker_has_another_fingerprint()
    {
        string[] kinds = ["user", "named user", "assistant", "call", "call with arguments", "result", "data", "link", "file", "refusal"];
        var all = new List<string> { HashOf() };
        foreach (var kind in kinds)
        {
            all.Add(HashOf(One(kind, "1")));
            all.Add(HashOf(One(kind, "2")));
            all.Add(HashOf(One(kind, "1"), One(kind, "2")));
        }

        Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Edited_tool_result_that_is_a_list_of_contents_has_another_fingerprint()
    {
        static ChatMessage Result(byte pixel) => new(ChatRole.Tool, [new FunctionResultContent("c1", new AIContent[] { new TextContent("Look:"), new DataContent(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, pixel }, "image/png") })]);
        Assert.NotEqual(HashOf(Result(1)), HashOf(Result(2)));
        Assert.Equal(HashOf(Result(1)), HashOf(Result(1)));
    }

    [Fact]
    public void Arguments_count_by_value_and_not_by_their_order_or_type()
    {
        static ChatMessage Call(params (string Name, object? Value)[] arguments) =>
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "f", arguments.ToDictionary(static a => a.Name, static a => a.Value))]);
        Assert.Equal(HashOf(Call(("a", 1), ("b", "x"))), HashOf(Call(("b", "x"), ("a", "1"))));
        Assert.NotEqual(HashOf(Call(("a", 1))), HashOf(Call(("a", 2))));
        Assert.Equal(HashOf(Call()), HashOf(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "f")])));
    }

    [Fact]
    public void Leading_system_messages_are_left_out_and_later_ones_are_not()
    {
        var question = new ChatMessage(ChatRole.User, "Is it?");
        Assert.Equal(HashOf(question), HashOf(new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(new ChatRole("developer"), "Be polite."), question));
        Assert.NotEqual(HashOf(question), HashOf(question, new ChatMessage(ChatRole.System, "Be brief.")));
    }

    [Fact]
    public void Pieces_empty_texts_and_reasoning_make_no_difference()
    {
        var whole = HashOf(new ChatMessage(ChatRole.User, "One"), new ChatMessage(ChatRole.User, "Two"));
        Assert.Equal(whole, HashOf(new ChatMessage(ChatRole.User, "OneTwo")));
        Assert.Equal(whole, HashOf(new(ChatRole.User, "One"), new(ChatRole.Assistant, ""), new(ChatRole.Assistant, [new TextReasoningContent("Hm.")]), new(ChatRole.User, "Two")));
        Assert.NotEqual(whole, HashOf(new(ChatRole.User, "One"), new(ChatRole.Assistant, "?"), new(ChatRole.User, "Two")));
    }

    /// <summary>Also where a turn ends within the text of one speaker: after a refusal, an answer that only searched, a note of the application.</summary>
    [Fact]
    public void Fingerprint_does_not_depend_on_where_turns_messages_and_deltas_end()
    {
        var random = new Random(23);
        for (var round = 0; round < 500; round++)
        {
            var messages = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Some(random)).ToList();
            var expected = Fingerprint.Start().Add(messages).State!;
            var (state, turns) = ((FingerprintState?)null, new List<TurnContent>());
            for (var from = 0; from < messages.Count;)
            {
                var to = random.Next(from + 1, messages.Count + 1);
                var turn = messages[from..to].SelectMany(m => Cut(m, random)).ToList();
                var parent = turns.Count == 0 ? null : turns[^1];
                using var fingerprint = state is null ? Fingerprint.Start() : Fingerprint.Continue(state, () => TrailingRun.Read(parent!, state.Speaker));
                var next = fingerprint.Add(turn).State!;
                var run = fingerprint.IsRunOlder ? TrailingRun.Read(parent!, next.Speaker) : null;
                turns.Add(new TurnContent(TurnHeader.None with { State = next, Run = run }, null, turn, []));
                (state, from) = (next, to);
            }

            Assert.Equal(expected, state);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Gathered - 1)]
    [InlineData(Gathered)]
    [InlineData(3 * Gathered)]
    public void Long_text_has_the_same_fingerprint_in_one_piece_and_in_many(int length)
    {
        var text = new string('x', length);
        var whole = HashOf(new ChatMessage(ChatRole.User, text), new ChatMessage(ChatRole.Assistant, text));
        Assert.Equal(Convert.ToHexString(SHA256.HashData([.. SHA256.HashData([.. "Tu\0"u8, .. Encoding.UTF8.GetBytes(text)]), .. "Ta\0"u8, .. Encoding.UTF8.GetBytes(text)])), whole);
        Assert.Equal(whole, HashOf([.. text.Chunk(7000).Select(static c => new ChatMessage(ChatRole.User, new string(c))), new(ChatRole.Assistant, text)]));
    }

    [Fact]
    public void Text_of_an_earlier_turn_that_was_not_kept_leaves_no_fingerprint()
    {
        using var first = Fingerprint.Start();
        var state = first.Add([new(ChatRole.User, "One")]).State!;
        using var next = Fingerprint.Continue(state, static () => null);
        Assert.Equal(state, next.State);
        Assert.Null(next.Add([new(ChatRole.User, "Two")]).State);
    }

    private static ChatMessage Some(Random random) => random.Next(8) switch
    {
        0 => new(ChatRole.Assistant, [new FunctionCallContent($"c{random.Next(99)}", "f")]),
        1 => new(ChatRole.Assistant, [new ErrorContent("No.") { ErrorCode = "Refusal" }]),
        2 => new(ChatRole.Assistant, [new TextReasoningContent("Hm.")]),
        3 => new(ChatRole.User, $"named {random.Next(99)}") { AuthorName = "Bob" },
        4 or 5 => new(ChatRole.Assistant, $"answer {random.Next(99)}"),
        _ => new(ChatRole.User, $"question {random.Next(99)}"),
    };

    /// <summary>The same message as a host may split it.</summary>
    private static IEnumerable<ChatMessage> Cut(ChatMessage message, Random random)
    {
        if (message.Contents[0] is not TextContent { Text: var text } || random.Next(2) == 0)
        {
            return [JsonSerializer.Deserialize<ChatMessage>(JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!];
        }

        var at = random.Next(text.Length);
        return random.Next(2) == 0
            ? [new(message.Role, [new TextContent(text[..at]), new TextContent(text[at..])]) { AuthorName = message.AuthorName }]
            : [new(message.Role, text[..at]) { AuthorName = message.AuthorName }, new(message.Role, text[at..]) { AuthorName = message.AuthorName }];
    }

    private static ChatMessage One(string kind, string what) => kind switch
    {
        "user" => new(ChatRole.User, what),
        "named user" => new(ChatRole.User, what) { AuthorName = "Bob" },
        "assistant" => new(ChatRole.Assistant, what),
        "tool" => new(ChatRole.Tool, what),
        "call" => new(ChatRole.Assistant, [new FunctionCallContent(what, "f")]),
        "call with arguments" => new(ChatRole.Assistant, [new FunctionCallContent(what, "f", new Dictionary<string, object?> { ["b"] = JsonElement.Parse("[true]"), ["a"] = 2 })]),
        "result" => new(ChatRole.Tool, [new FunctionResultContent("c", what)]),
        "data" => new(ChatRole.User, [new DataContent(Encoding.UTF8.GetBytes(what), "image/png")]),
        "link" => new(ChatRole.User, [new UriContent($"https://example.org/{what}", "image/png")]),
        "file" => new(ChatRole.User, [new HostedFileContent(what)]),
        _ => new(ChatRole.Assistant, [new ErrorContent(what) { ErrorCode = "Refusal" }]),
    };

    private static byte[] Sized(string text)
    {
        var bytes = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, text.Length);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(4));
        return bytes;
    }

    private static string HashOf(params ChatMessage[] messages)
    {
        using var fingerprint = Fingerprint.Start();
        return fingerprint.Add(messages).State!.Hash;
    }
}
