using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks;

/// <summary>
/// A whole history whose last answer came from a history tracking client, which finds that answer and sends the one message after it. History tracking
/// is measured because its hosts pass whole histories; a named conversation usually gets the new message only.
/// </summary>
[MemoryDiagnoser]
public class KnownHistory
{
    private const int QuestionWords = 60;

    // System message, first and last message, and the last answer.
    private const int Others = 4;

    private readonly MemoryTransport _transport = MemoryTransport.Events(Payloads.Stream(1, 0));
    private readonly ChatOptions _continued = new() { ConversationId = Payloads.Id };
    private readonly GrokChatClient _bare;
    private readonly IChatClient _tracking;
    private readonly List<ChatMessage> _history = [];
    private Task? _asked;

    public KnownHistory()
    {
        _bare = _transport.NewGrok();
        _tracking = _transport.NewGrok().AsHistoryTrackingClient();
    }

    /// <summary>The number of messages of the history; an even number.</summary>
    [Params(10, 1_000, 10_000)]
    public int Messages { get; set; }

    internal Body[] Bodies => [new(Side.Floor, Floor), new(Side.Grok, Grok)];

    /// <summary>
    /// The floor: the new message with the id of the last answer, and each message hashed once. One hash of all texts would be less, but does not tell up to which
    /// message a history is known.
    /// </summary>
    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        await (_asked ??= AskAsync());
        var bytes = HashTexts();
        await _bare.GetResponseAsync([_history[^1]], _continued);
        return new Tally(bytes, _transport.Sent);
    }

    [Benchmark]
    public async Task<Tally> Grok()
    {
        await (_asked ??= AskAsync());
        await _tracking.GetResponseAsync(_history);
        return new Tally(_history.Count, _transport.Sent);
    }

    /// <summary>Asks for the last answer. All earlier answers carry stamps of the same size, as in a host that keeps the messages of its answers.</summary>
    private async Task AskAsync()
    {
        _history.Add(new(ChatRole.System, Payloads.Text(100)));
        _history.AddRange(Enumerable.Range(0, Messages - Others).Select(static i => i % 2 == 0 ? new ChatMessage(ChatRole.User, Payloads.Text(QuestionWords)) : new(ChatRole.Assistant, Payloads.Text(StatefulTurn.Texts))));
        _history.Add(Question());
        var answer = (await _tracking.GetResponseAsync(_history)).Messages[0];
        for (var i = 2; i < _history.Count; i += 2)
        {
            _history[i].AdditionalProperties = StampLike(answer.AdditionalProperties, i);
            _history[i].Contents[0].AdditionalProperties = StampLike(answer.Contents[0].AdditionalProperties, i);
        }

        _history.AddRange([answer, Question()]);
    }

    private static ChatMessage Question() => new(ChatRole.User, Payloads.Question);

    private static AdditionalPropertiesDictionary StampLike(AdditionalPropertiesDictionary? stamp, int number)
    {
        var copy = stamp!.Clone();
        copy[GrokKeys.History.Fingerprint] = "2:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))));
        return copy;
    }

    private int HashTexts()
    {
        Span<byte> bytes = stackalloc byte[4096];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var count = 0;
        foreach (var message in _history)
        {
            var length = Encoding.UTF8.GetBytes(((TextContent)message.Contents[0]).Text, bytes);
            SHA256.HashData(bytes[..length], hash);
            count += length;
        }

        return count;
    }
}
