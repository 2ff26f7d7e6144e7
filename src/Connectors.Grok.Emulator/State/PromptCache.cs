using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Model;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// Which beginnings of conversations were served before. A chain and a replayed history with the same words share their
/// beginning, so both see <c>cached_tokens</c> grow. Counted in steps; reasoning items do not matter.
/// </summary>
internal sealed class PromptCache(int step)
{
    private const int Most = 200_000;

    private readonly ConcurrentDictionary<(string Model, int Hash, int Tokens), bool> _served = new();

    public (int InputTokens, int CachedTokens) Measure(string model, IEnumerable<Item> items)
    {
        var (tokens, cached) = (0, 0);
        foreach (var beginning in Beginnings(model, items))
        {
            tokens = beginning.Tokens;
            if (_served.ContainsKey(beginning))
                cached = tokens;
        }

        return (tokens, cached / step * step);
    }

    public void Remember(string model, IEnumerable<Item> items)
    {
        if (_served.Count > Most)
            _served.Clear();
        foreach (var beginning in Beginnings(model, items))
            _served[beginning] = true;
    }

    private static IEnumerable<(string Model, int Hash, int Tokens)> Beginnings(string model, IEnumerable<Item> items)
    {
        var (hash, tokens) = (0, 0);
        foreach (var item in items.Where(item => item is not ReasoningItem))
        {
            hash = HashCode.Combine(hash, HashOf(item));
            tokens += Tokens.Of(item);
            yield return (model, hash, tokens);
        }
    }

    private static int HashOf(Item item) => item switch
    {
        MessageItem message => HashCode.Combine(message.Role, HashOf(message.Parts)),
        FunctionCallItem call => HashCode.Combine(call.CallId, call.Name, call.Arguments),
        FunctionCallOutputItem output => HashCode.Combine(output.CallId, HashOf(output.Output)),
        CompactionItem compaction => compaction.Blob.GetHashCode(StringComparison.Ordinal),
        HostedItem hosted => HashCode.Combine(hosted.Type, hosted.Json),
        _ => 0,
    };

    private static int HashOf(IReadOnlyList<Part> parts) => parts.Aggregate(0, (hash, part) => HashCode.Combine(hash, part switch
    {
        TextPart text => text.Text,
        ImagePart image => image.Url,
        RefusalPart refusal => refusal.Refusal,
        _ => "",
    }));
}
