namespace Connectors.Grok.Conversations;

/// <summary>Decides which names inherit the turns of a deleted name. Compiled into each store that keeps turns in rows.</summary>
internal static class Heirs
{
    /// <summary>
    /// Gives each kept turn to a name. The turns that one turn continues go to the same name as that turn, so that few names inherit. Visits
    /// each turn once.
    /// </summary>
    /// <param name="kept">The turns that other names still need, with all that they continue of the deleted names; the deepest first. The heir is a name that references the turn itself.</param>
    /// <returns>For each turn its new owner. The trunk is the nearest ancestor that another name inherits; null for the trunk that the turn has.</returns>
    public static List<(TKey Key, TKey Heir, TKey? Trunk)> Assign<TKey>(IReadOnlyList<(TKey Key, TKey? Parent, TKey? Heir)> kept)
        where TKey : struct
    {
        var parents = kept.ToDictionary(static k => k.Key, static k => k.Parent);
        var given = new List<(TKey Key, TKey Heir, TKey? Trunk)>(kept.Count);
        var isGiven = new HashSet<TKey>();
        var line = new List<TKey>();
        foreach (var (key, _, heir) in kept)
        {
            if (heir is not { } owner)
            {
                continue;
            }

            line.Clear();
            TKey? at = key;
            while (at is { } turn && parents.TryGetValue(turn, out var parent) && isGiven.Add(turn))
            {
                line.Add(turn);
                at = parent;
            }

            var trunk = at is { } above && parents.ContainsKey(above) ? at : null;
            given.AddRange(line.Select(turn => (turn, owner, trunk)));
        }

        return given;
    }
}
