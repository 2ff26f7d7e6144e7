using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// Which beginnings of conversations were served before. A chain and a replayed history with the same words share their
/// beginning, so both see <c>cached_tokens</c> grow. Counted in steps; reasoning items do not matter.
/// </summary>
internal sealed class PromptCache(int step)
{
    private const int Most = 200_000;

    /// <summary>What an item was found to be before; a long chain is counted again on every turn.</summary>
    private static readonly ConditionalWeakTable<Item, Counted> Known = [];

    private readonly ConcurrentDictionary<(int Model, int Hash, int Tokens), bool> _served = new();

    public (int InputTokens, int CachedTokens) Measure(string model, IReadOnlyList<Item> items)
    {
        // What was served as a whole was served in all its beginnings, so the longest one is looked for from the end.
        var beginnings = Beginnings(model, items);
        var last = beginnings.FindLastIndex(_served.ContainsKey);
        var cached = last < 0 ? 0 : beginnings[last].Tokens;
        return (beginnings.Count == 0 ? 0 : beginnings[^1].Tokens, cached / step * step);
    }

    public void Remember(string model, IReadOnlyList<Item> items)
    {
        if (_served.Count > Most)
        {
            _served.Clear();
        }

        var beginnings = Beginnings(model, items);
        for (var index = beginnings.Count - 1; index >= 0 && _served.TryAdd(beginnings[index], true); index--)
        {
        }
    }

    private static List<(int Model, int Hash, int Tokens)> Beginnings(string name, IReadOnlyList<Item> items)
    {
        var beginnings = new List<(int, int, int)>(items.Count);
        var (model, hash, tokens) = (name.GetHashCode(StringComparison.Ordinal), 0, 0);
        foreach (var item in items)
        {
            if (item is ReasoningItem)
            {
                continue;
            }

            var counted = Known.GetValue(item, static item => new Counted(HashOf(item), Tokens.Of(item)));
            hash = HashCode.Combine(hash, counted.Hash);
            tokens += counted.Tokens;
            beginnings.Add((model, hash, tokens));
        }

        return beginnings;
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

    private sealed record Counted(int Hash, int Tokens);
}
