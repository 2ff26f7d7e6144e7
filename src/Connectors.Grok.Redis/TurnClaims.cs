using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>
/// Which tree has a turn: a small key per turn, on a slot of its own. It makes ids unique in a tenant, and is written before the turn. A
/// claim without a turn, left by a call that broke off, is harmless: the next call with that id takes it over. Before, it sets a fence in
/// the claimed tree, so that the script rejects the first call should it still run.
/// </summary>
internal sealed class TurnClaims(RecentPlaces recent)
{
    // Longer than any call: a call ends with its retries.
    private const int FenceSeconds = 3_600;

    /// <summary>Finds the tree of a turn; null when no call claimed the id.</summary>
    public async Task<string?> FindTreeAsync(RedisSession session, string turn) =>
        recent.Find(turn) ?? Parse(await session.GetAsync(session.Keys.Claim(turn)).ConfigureAwait(false))?.Tree;

    /// <summary>Runs a read in the tree of a turn: first in the one that is remembered, then in the one that is claimed.</summary>
    /// <returns>The first result that is not null; null when the tenant has no such turn.</returns>
    public async Task<T?> InTreeAsync<T>(RedisSession session, string turn, Func<string, Task<T?>> read) where T : class
    {
        var remembered = recent.Find(turn);
        if (remembered is not null && await read(remembered).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        recent.Forget(turn);
        var claimed = Parse(await session.GetAsync(session.Keys.Claim(turn)).ConfigureAwait(false))?.Tree;
        if (claimed is null || claimed == remembered || await read(claimed).ConfigureAwait(false) is not { } result)
        {
            return null;
        }

        recent.Remember(turn, claimed);
        return result;
    }

    /// <summary>Claims the id of a turn for a tree.</summary>
    /// <returns>The token of the call whose turn of that id is stored; null when it is claimed now.</returns>
    public static async Task<string?> ClaimAsync(RedisSession session, string turn, string tree, string token)
    {
        var (key, mine) = (session.Keys.Claim(turn), new Place(tree, token));
        for (string? old = null; ; old = await session.GetAsync(key).ConfigureAwait(false))
        {
            if (old is not null && Place.Parse(old) is var other && other.Instance != token)
            {
                // The claim of another call: its turn is stored, or the call is rejected from now on.
                var answer = (RedisValue[])(await session.PrepareAsync(
                    RedisScripts.Fence, [.. session.Keys.Tree(other.Tree), session.Keys.Fence(other.Tree, other.Instance)], turn, FenceSeconds).ConfigureAwait(false))!;
                if (answer[0] == "duplicate")
                {
                    return answer[1];
                }
            }

            if (await session.SwapAsync(key, old, mine.ToString()).ConfigureAwait(false))
            {
                session.Attempt.Confirmations.Add(new(turn, "value", key.ToString(), mine.ToString(), ""));
                return null;
            }
        }
    }

    /// <summary>Gives a claim back whose turn was not added, or is deleted.</summary>
    public Task ReleaseAsync(RedisSession session, string turn, string tree, string token)
    {
        recent.Forget(turn);
        session.Attempt.Confirmations.RemoveAll(c => c.Slot == turn);
        return session.SwapAsync(session.Keys.Claim(turn), new Place(tree, token).ToString(), null);
    }

    /// <summary>Whether a turn was looked for in the wrong tree: another node deleted it, and somebody stored another one with its id.</summary>
    public async Task<bool> IsElsewhereAsync(RedisSession session, string turn, string tree)
    {
        recent.Forget(turn);
        return await FindTreeAsync(session, turn).ConfigureAwait(false) is { } claimed && claimed != tree;
    }

    public void Remember(string turn, string tree) => recent.Remember(turn, tree);

    private static Place? Parse(string? text) => text is null ? null : Place.Parse(text);
}
