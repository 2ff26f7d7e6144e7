using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>Adding turns and moving names.</content>
public sealed partial class RedisConversationStore
{
    private static readonly TimeSpan PendingTime = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turn);
        StoreGuards.CheckOptional(expectedHead);
        return ChangeAsync(new() { Id = id, Turn = turn, HeadId = turn.Id, ExpectedHead = expectedHead, ExpiresAt = expiresAt, Now = _connection.Time.GetUtcNow() }, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        return ChangeAsync(new() { Id = id, HeadId = head, ExpectedHead = expectedHead, ExpiresAt = expiresAt, Now = _connection.Time.GetUtcNow() }, cancellationToken);
    }

    private ValueTask<bool> ChangeAsync(NameChange change, CancellationToken cancellationToken) => _connection.RunAsync(
        async session =>
        {
            while (true)
            {
                var outcome = await TryChangeAsync(session, change).ConfigureAwait(false);
                if (outcome == Outcome.Differs && change.Turn is null && session.Attempt.FollowsUncertain)
                {
                    // The move may have happened, and another one after it.
                    throw RedisErrors.Explain(new RedisException("The answer to an earlier attempt was lost."), isUncertain: true);
                }

                if (outcome != Outcome.Again)
                {
                    return outcome == Outcome.Done;
                }
            }
        },
        isRepeatable: true,
        cancellationToken);

    private enum Outcome
    {
        /// <summary>The change was made, by this attempt or by an earlier one.</summary>
        Done,

        /// <summary>Nothing was changed: the head or the parent is not as expected.</summary>
        Differs,

        /// <summary>Somebody else moved the name or took the claim: begin once more.</summary>
        Again,
    }

    private async Task<Outcome> TryChangeAsync(RedisSession session, NameChange change)
    {
        var (place, record) = await ReadNameAsync(session, change.NameKey).ConfigureAwait(false);
        if (record is null && change.ExpectedHead is not null)
        {
            return Outcome.Differs;
        }

        // The tree of the turn that must exist. Its claim may have been lost in a failover: the name's own tree then knows it.
        var tree = change.RequiredKey is { } required
            ? await _claims.FindTreeAsync(session, required).ConfigureAwait(false) ?? (record is null ? null : place!.Value.Tree)
            : record is null ? change.NameKey : place!.Value.Tree;
        if (tree is null)
        {
            return Outcome.Differs;
        }

        if (change.Turn is not null && await TurnClaims.ClaimAsync(session, change.HeadKey!, tree, change.Token).ConfigureAwait(false) is { } stored && stored != change.Token)
        {
            return record?.Head == change.ExpectedKey ? throw AlreadyStored(change.Turn.Id) : Outcome.Differs;
        }

        var outcome = record is null
            ? tree == change.NameKey ? await CreateAsync(session, change, place).ConfigureAwait(false) : await ForkAsync(session, change, place, tree).ConfigureAwait(false)
            : tree == place!.Value.Tree
                ? await ChangeInAsync(session, change, "have", tree, place.Value.Instance, null).ConfigureAwait(false)
                : await CrossAsync(session, change, place.Value, record, tree).ConfigureAwait(false);
        if (outcome != Outcome.Done && change.Turn is not null)
        {
            await _claims.ReleaseAsync(session, change.HeadKey!, tree, change.Token).ConfigureAwait(false);
        }

        return outcome == Outcome.Differs && change.RequiredKey is { } asked && await _claims.IsElsewhereAsync(session, asked, tree).ConfigureAwait(false) ? Outcome.Again : outcome;
    }

    /// <summary>Creates a name in the tree that it begins.</summary>
    private async Task<Outcome> CreateAsync(RedisSession session, NameChange change, Place? replaced)
    {
        var place = new Place(change.NameKey, change.NewInstance);
        await ListAsync(session, change, place, null).ConfigureAwait(false);
        return await ChangeInAsync(session, change, "create", place.Tree, place.Instance, replaced).ConfigureAwait(false);
    }

    /// <summary>Creates a name in the tree of another one: the record first, then the place that leads to it.</summary>
    private async Task<Outcome> ForkAsync(RedisSession session, NameChange change, Place? replaced, string tree)
    {
        var place = new Place(tree, change.NewInstance);
        await ListAsync(session, change, place, null).ConfigureAwait(false);
        if (await PrepareAsync(session, change, place, null, null).ConfigureAwait(false) is not Outcome.Done and var outcome)
        {
            return outcome;
        }

        session.Attempt.IsUncertain = true;
        if (await session.SwapAsync(Keys.Place(change.NameKey), replaced?.ToString(), place.ToString()).ConfigureAwait(false))
        {
            return await FinishAsync(session, change, place, null).ConfigureAwait(false);
        }

        await UndoAsync(session, place).ConfigureAwait(false);
        return Outcome.Again;
    }

    /// <summary>Points a name into another tree than the one that has its record: a record there first, then the old one is retired.</summary>
    private async Task<Outcome> CrossAsync(RedisSession session, NameChange change, Place from, NameRecord record, string tree)
    {
        // A turn that does not become the head cannot bring the name into its tree.
        if (record.Head != change.ExpectedKey || change.Turn?.Kind == ConversationTurnKind.Unanswered)
        {
            return Outcome.Differs;
        }

        var place = new Place(tree, change.NewInstance);
        if (await PrepareAsync(session, change, place, record, from).ConfigureAwait(false) is not Outcome.Done and var outcome)
        {
            return outcome;
        }

        var answer = (RedisValue[])(await session.ChangeAsync(RedisScripts.Retire, Keys.Tree(from.Tree), from.Instance, change.ExpectedKey ?? "-", place.ToString()).ConfigureAwait(false))!;
        if (answer[0] == "ok" || answer[0] == "again")
        {
            // Readers follow from the old record, and repair the place, should this call break off here.
            await session.SwapAsync(Keys.Place(change.NameKey), from.ToString(), place.ToString()).ConfigureAwait(false);
            return await FinishAsync(session, change, place, (from, record.Info.UpdatedAt)).ConfigureAwait(false);
        }

        await UndoAsync(session, place).ConfigureAwait(false);
        return answer[0] == "no" ? Outcome.Differs : Outcome.Again;
    }

    /// <summary>Adds the record, and the turn, in a tree where nothing leads to them yet.</summary>
    private async Task<Outcome> PrepareAsync(RedisSession session, NameChange change, Place place, NameRecord? before, Place? left)
    {
        var answer = await ScriptAsync(session, change, place.Tree, change.Arguments("prepare", place.Instance, null, before, left)).ConfigureAwait(false);
        await RepairPendingAsync(session, place.Tree, answer, change.Now).ConfigureAwait(false);
        return ToOutcome(change, answer);
    }

    /// <summary>Ends a change that two trees, or a tree and a place, took part in.</summary>
    private async Task<Outcome> FinishAsync(RedisSession session, NameChange change, Place place, (Place Place, DateTimeOffset Updated)? left)
    {
        await session.ReplaceMemberAsync(Keys.Index(place.Tree), $"q{RedisKeys.Digits(change.Now)}{place.Instance}", null).ConfigureAwait(false);
        session.Attempt.Confirmations.Add(new(change.NameKey, "value", Keys.Place(change.NameKey).ToString(), place.ToString(), ""));
        await SucceedAsync(session, change, place, left).ConfigureAwait(false);
        return Outcome.Done;
    }

    private async Task<Outcome> ChangeInAsync(RedisSession session, NameChange change, string mode, string tree, string instance, Place? replaced)
    {
        session.Attempt.IsUncertain = true;
        var answer = await ScriptAsync(session, change, tree, change.Arguments(mode, instance, replaced?.ToString(), null, null)).ConfigureAwait(false);
        await RepairPendingAsync(session, tree, answer, change.Now).ConfigureAwait(false);
        var outcome = ToOutcome(change, answer);
        if (outcome == Outcome.Done)
        {
            var place = new Place(tree, instance);
            var previous = answer[0] == "ok" && !answer[1].IsNullOrEmpty ? new DateTimeOffset((long)answer[1], TimeSpan.Zero) : (DateTimeOffset?)null;
            await SucceedAsync(session, change, place, previous is { } updated ? (place, updated) : null).ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task<RedisValue[]> ScriptAsync(RedisSession session, NameChange change, string tree, RedisValue[] arguments)
    {
        RedisKey[] keys = [.. Keys.Tree(tree), Keys.Fence(tree, change.Token)];
        return (RedisValue[])(await session.PrepareAsync(RedisScripts.Change, keys, arguments).ConfigureAwait(false))!;
    }

    private static Outcome ToOutcome(NameChange change, RedisValue[] answer)
    {
        switch ((string?)answer[0])
        {
            case "ok" or "again":
                return Outcome.Done;
            case "no":
                return Outcome.Differs;
            case "duplicate":
                throw AlreadyStored(change.HeadId!);
            case "fenced":
                // Another call took the claim away. What this call did under its token before is known not to have happened.
                change.Renew();
                return Outcome.Again;
            default:
                return Outcome.Again;
        }
    }

    private static InvalidOperationException AlreadyStored(string turn) => new($"The turn '{turn}' is already stored. Give each turn a new id.");

    private async Task SucceedAsync(RedisSession session, NameChange change, Place place, (Place Place, DateTimeOffset Updated)? left)
    {
        if (change.HeadKey is { } head)
        {
            _claims.Remember(head, place.Tree);
        }

        session.Attempt.Confirmations.Add(change.Turn is null
            ? new(place.Tree, "name", place.Instance, change.Token, RedisKeys.Digits(change.Now))
            : new(place.Tree, "turn", change.HeadKey!, change.Token, ""));
        await ListAsync(session, change, place, left).ConfigureAwait(false);
        if (place.Tree != change.NameKey)
        {
            // The place of a fork is on another slot than its tree.
            await session.WaitAsync(session.Database.KeyExpireAsync(Keys.Place(change.NameKey), Expiry.Later(change.ExpiresAt)?.UtcDateTime, ExpireWhen.Always, CommandFlags.DemandMaster)).ConfigureAwait(false);
        }
    }

    /// <summary>Enters a name into the lists, and removes its old entries.</summary>
    private async Task ListAsync(RedisSession session, NameChange change, Place place, (Place Place, DateTimeOffset Updated)? left)
    {
        var list = session.ReplaceMemberAsync(
            Keys.List(change.Id.Tenant), left is { } l ? RedisKeys.ListMember(l.Updated, change.NameKey, l.Place) : null, RedisKeys.ListMember(change.Now, change.NameKey, place));
        var ages = session.ReplaceMemberAsync(
            Keys.Ages(change.NameKey), left is { } a ? RedisKeys.AgeMember(a.Updated, change.NameKey, a.Place) : null, RedisKeys.AgeMember(change.Now, change.NameKey, place));
        await Task.WhenAll(list, ages).ConfigureAwait(false);
    }

    /// <summary>Deletes a record that nothing leads to.</summary>
    private async Task UndoAsync(RedisSession session, Place place)
    {
        var removal = new Removal();
        while (await RemoveBatchAsync(session, place, removal, expected: null).ConfigureAwait(false) == "more")
        {
        }
    }

    /// <summary>Completes or removes the oldest record that a call prepared and left, once that call must have ended.</summary>
    private async Task RepairPendingAsync(RedisSession session, string tree, RedisValue[] answer, DateTimeOffset now)
    {
        if (answer.Length < 3 || (string?)answer[2] is not { Length: > 20 } pending || now - new DateTimeOffset(long.Parse(pending.AsSpan(1, 19), System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero) < PendingTime)
        {
            return;
        }

        var place = new Place(tree, pending[20..]);
        if (await session.RecordAsync(place).ConfigureAwait(false) is { MovedTo: null } record && (await ReadNameAsync(session, RedisKeys.Hash(record.Info.Id)).ConfigureAwait(false)).Place != place)
        {
            await UndoAsync(session, place).ConfigureAwait(false);
        }

        await session.ReplaceMemberAsync(Keys.Index(tree), pending, null).ConfigureAwait(false);
    }
}
