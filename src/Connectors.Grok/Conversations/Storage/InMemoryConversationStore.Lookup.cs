namespace Connectors.Grok.Conversations;

/// <content>Finds the turns of a history that a caller passes.</content>
public sealed partial class InMemoryConversationStore
{
    /// <inheritdoc/>
    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(history);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            if (Named(id) is not { } name)
            {
                return new((ConversationLookup?)null);
            }

            var lookup = new ConversationLookup { Info = name.ToInfo(), Head = name.Head?.Turn };
            return new(history is null ? lookup : Matched(lookup, _tenants[id.Tenant], name, history));
        }
    }

    private static ConversationLookup Matched(ConversationLookup lookup, Tenant tenant, Name name, ConversationHistoryQuery history)
    {
        // Ancestors that belong to another name are known by walking up once, and only when a turn of another name has the hash.
        HashSet<Node>? path = null, shared = null;
        ConversationTurn? match = null;
        for (var i = history.Fingerprints.Count - 1; i >= 0 && match is null; i--)
        {
            var same = tenant.Find(history.Fingerprints[i]).Where(n => n.Turn.Fingerprint == history.Fingerprints[i] && IsInTree(n)).ToList();
            match = same.Count < 2 ? same.FirstOrDefault()?.Turn : same
                .OrderByDescending(n => (path ??= Up(name.Head)).Contains(n))
                .ThenByDescending(static n => n.Turn.CreatedAt)
                .ThenByDescending(static n => n.Order)
                .First().Turn;
        }

        var holds = match is not null || history.AnswerFingerprints.Any(a => tenant.Find(a).Any(n => n.Turn.AnswerFingerprint == a && IsInTree(n)))
            || history.TurnIds.Any(t => tenant.Turns.GetValueOrDefault(t) is { Turn.Kind: ConversationTurnKind.Answer } node && IsInTree(node));
        return lookup with { Match = match, HoldsAnswer = holds };

        bool IsInTree(Node node) => node.Owner == name || (shared ??= [.. Up(name.Head), .. Up(name.BranchPoint)]).Contains(node);
    }

    private static HashSet<Node> Up(Node? leaf)
    {
        var path = new HashSet<Node>();
        for (var node = leaf; node is not null; node = node.Parent)
        {
            path.Add(node);
        }

        return path;
    }
}
