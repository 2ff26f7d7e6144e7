using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>Deleting names.</content>
public sealed partial class RedisConversationStore
{
    private const int BytesPerScript = 8 << 20;

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        var removal = new Removal { Turns = [] };
        await _connection.RunAsync(async session =>
        {
            removal.Turns.Clear();
            return await RemoveAsync(session, id, removal, expected).ConfigureAwait(false);
        }, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return [.. removal.Turns.OrderBy(static t => t.Depth)];
    }

    /// <inheritdoc/>
    /// <remarks>The name is moved first, and the turns are deleted after that: a call that breaks off between may have moved the name only.</remarks>
    public override async ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turnId);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } info || info.Head != expectedHead
            || await GetTurnAsync(id.Tenant, turnId, cancellationToken).ConfigureAwait(false) is null
            || (head != expectedHead && !await MoveAsync(id, head, expectedHead, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false)))
        {
            return null;
        }

        var (removal, turn, now, instance, token) = (new Removal { Turns = [] }, RedisKeys.Hash(id.Tenant, turnId), _connection.Time.GetUtcNow(), RedisKeys.NewId(), RedisKeys.NewId());
        await _connection.RunAsync(async session =>
        {
            removal.Turns.Clear();
            var (place, record) = await ReadNameAsync(session, RedisKeys.Hash(id)).ConfigureAwait(false);
            var tree = await _claims.FindTreeAsync(session, turn).ConfigureAwait(false) ?? place?.Tree;
            foreach (var part in record is null ? [] : record.Parts.Append(place!.Value).Where(p => p.Tree == tree))
            {
                var answer = await session.ChangeAsync(RedisScripts.Cut, Keys.Tree(part.Tree), part.Instance, turn, instance, RedisKeys.Digits(now), RedisKeys.Digits(now), token).ConfigureAwait(false);
                if ((string?)answer == "ok")
                {
                    await RemoveAllAsync(session, new(part.Tree, instance), removal, expected: null, isCompared: false).ConfigureAwait(false);
                }
            }

            return true;
        }, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return [.. removal.Turns.OrderBy(static t => t.Depth)];
    }

    private async Task<bool> RemoveAsync(RedisSession session, ConversationId id, Removal removal, ConversationInfo? expected)
    {
        var name = RedisKeys.Hash(id);
        while (await session.GetAsync(Keys.Place(name)).ConfigureAwait(false) is { } text)
        {
            var place = Place.Parse(text);
            session.Attempt.IsUncertain = true;
            var state = await RemoveAllAsync(session, place, removal, expected).ConfigureAwait(false);
            switch (state)
            {
                case "moved":
                    await session.SwapAsync(Keys.Place(name), text, removal.MovedTo).ConfigureAwait(false);
                    continue;
                case "no":
                    return false;
                default:
                    await ForgetAsync(session, name, place, removal.Record).ConfigureAwait(false);
                    return state == "done";
            }
        }

        return false;
    }

    /// <summary>Removes the record at a place, its turns, and what the name owns in other trees.</summary>
    private async Task<string> RemoveAllAsync(RedisSession session, Place place, Removal removal, ConversationInfo? expected, bool isCompared = true)
    {
        string state;
        do
        {
            state = await RemoveBatchAsync(session, place, removal, expected, isCompared).ConfigureAwait(false);
        }
        while (state == "more");
        foreach (var part in state == "done" && removal.Record is { } record ? record.Parts : [])
        {
            await RemoveAllAsync(session, part, new() { Turns = removal.Turns }, expected: null, isCompared: false).ConfigureAwait(false);
        }

        return state;
    }

    /// <summary>Removes the places and the list entries of a name that is gone.</summary>
    private async Task ForgetAsync(RedisSession session, string name, Place place, NameRecord? record)
    {
        await session.SwapAsync(Keys.Place(name), place.ToString(), null).ConfigureAwait(false);
        session.Attempt.Confirmations.Add(new(place.Tree, "gone", place.Instance, "", ""));
        if (record is not null)
        {
            await session.ReplaceMemberAsync(Keys.List(record.Info.Id.Tenant), RedisKeys.ListMember(record.Info.UpdatedAt, name, place), null).ConfigureAwait(false);
            await session.ReplaceMemberAsync(Keys.Ages(name), RedisKeys.AgeMember(record.Info.UpdatedAt, name, place), null).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a batch of the turns at a place: with the first batch, the record no longer counts.</summary>
    /// <returns><c>done</c>, <c>more</c>, <c>gone</c>, <c>no</c> or <c>moved</c>.</returns>
    private async Task<string> RemoveBatchAsync(RedisSession session, Place place, Removal removal, ConversationInfo? expected, bool isCompared = false)
    {
        // A retired record is followed, unless a part of another one is removed.
        var compares = expected is not null;
        var answer = (RedisResult[])(await session.PrepareAsync(
            RedisScripts.Remove,
            Keys.Tree(place.Tree),
            place.Instance,
            compares ? "1" : isCompared ? "2" : "0",
            compares ? RedisKeys.Digits(expected!.UpdatedAt) : "",
            compares && expected!.Head is { } head ? RedisKeys.Hash(expected.Id.Tenant, head) : "-",
            TurnsPerScript,
            BytesPerScript,
            removal.Turns is null ? "0" : "1").ConfigureAwait(false))!;
        var state = (string)answer[0]!;
        if (state == "moved")
        {
            removal.MovedTo = (string)answer[1]!;
        }
        else if (state is "done" or "more")
        {
            removal.Record = NameRecord.Parse((RedisValue)answer[1]);
            await ReleaseClaimsAsync(session, place.Tree, (RedisValue[])answer[2]!, removal.Turns).ConfigureAwait(false);
        }

        return state;
    }

    private async Task ReleaseClaimsAsync(RedisSession session, string tree, RedisValue[] removed, List<ConversationTurn>? turns)
    {
        var size = turns is null ? 2 : 4;
        var releases = new List<Task>();
        for (var i = 0; i < removed.Length; i += size)
        {
            releases.Add(_claims.ReleaseAsync(session, removed[i]!, tree, removed[i + 1]!));
            turns?.Add(TurnRow.ToTurn(removed[i + 2], removed[i + 3])!);
        }

        await Task.WhenAll(releases).ConfigureAwait(false);
    }

    /// <summary>What a deletion found.</summary>
    private sealed class Removal
    {
        /// <summary>The deleted turns; null when nobody asks for them.</summary>
        public List<ConversationTurn>? Turns { get; init; }

        public NameRecord? Record { get; set; }

        public string? MovedTo { get; set; }
    }
}
