using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// The prefixes of conversations that were answered before. A chain and a resent history with the same items share their prefixes, so
/// <c>cached_tokens</c> grows for both. Cached tokens are rounded down to the step; reasoning items are ignored.
/// Each server has its own cache: requests with the same <c>prompt_cache_key</c> reach the same server, those without one reach the servers in turn.
/// </summary>
internal sealed class PromptCache(GrokEmulatorOptions options)
{
    private const int MaxPrefixes = 200_000;

    /// <summary>The hash and the token count of items. A long chain is measured on every turn, so they are computed only once for each item.</summary>
    private static readonly ConditionalWeakTable<Item, ItemDigest> Digests = [];

    private readonly ConcurrentDictionary<(int Model, int Hash, int Tokens), bool> _served = new();
    private int _unkeyed = -1;

    /// <summary>Returns the server that a request reaches.</summary>
    public int ServerFor(string? key) => (key is { Length: > 0 } ? TokenCounter.IdOf(key) : Interlocked.Increment(ref _unkeyed) & int.MaxValue) % options.CacheServers;

    public (int InputTokens, int CachedTokens) Measure(string model, int server, IReadOnlyList<Item> items)
    {
        // Every prefix of an answered conversation is recorded, so the last recorded prefix is the longest one.
        var prefixes = Prefixes(model, server, items);
        var last = prefixes.FindLastIndex(_served.ContainsKey);
        var cached = last < 0 ? 0 : prefixes[last].Tokens;
        return (prefixes.Count == 0 ? 0 : prefixes[^1].Tokens, cached / options.CachedTokenStep * options.CachedTokenStep);
    }

    public void Remember(string model, int server, IReadOnlyList<Item> items)
    {
        if (_served.Count > MaxPrefixes)
        {
            _served.Clear();
        }

        var prefixes = Prefixes(model, server, items);
        for (var index = prefixes.Count - 1; index >= 0 && _served.TryAdd(prefixes[index], true); index--)
        {
        }
    }

    private static List<(int Model, int Hash, int Tokens)> Prefixes(string name, int server, IReadOnlyList<Item> items)
    {
        var prefixes = new List<(int, int, int)>(items.Count);
        var (model, hash, tokens) = (HashCode.Combine(name, server), 0, 0);
        foreach (var item in items)
        {
            if (item is ReasoningItem)
            {
                continue;
            }

            var digest = Digests.GetValue(item, static item => new ItemDigest(HashOf(item), TokenCounter.Count(item)));
            hash = HashCode.Combine(hash, digest.Hash);
            tokens += digest.Tokens;
            prefixes.Add((model, hash, tokens));
        }

        return prefixes;
    }

    private static int HashOf(Item item) => item switch
    {
        MessageItem message => HashCode.Combine(message.Role, HashOf(message.Parts)),
        FunctionCallItem call => HashCode.Combine(call.CallId, call.Name, call.Arguments),
        FunctionCallOutputItem output => HashCode.Combine(output.CallId, HashOf(output.Output)),
        CompactionItem compaction => compaction.Blob.GetHashCode(StringComparison.Ordinal),
        HostedItem hosted => HashCode.Combine(hosted.Type, hosted.Json),
        ToolSearchItem loaded => loaded.Json.GetHashCode(StringComparison.Ordinal),
        _ => 0,
    };

    private static int HashOf(IReadOnlyList<Part> parts) => parts.Aggregate(0, (hash, part) => HashCode.Combine(hash, part switch
    {
        TextPart text => text.Text,
        ImagePart image => image.Url,
        RefusalPart refusal => refusal.Refusal,
        FilePart file => $"{file.Name}\n{file.ContextText}",
        _ => "",
    }));

    private sealed record ItemDigest(int Hash, int Tokens);
}
