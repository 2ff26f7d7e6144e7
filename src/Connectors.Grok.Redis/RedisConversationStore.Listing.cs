using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <content>Listing and purging, by indexes that are verified and repaired while they are read.</content>
public sealed partial class RedisConversationStore
{
    private const int NamesPerBatch = 200;
    private const int NamesAtOnce = 16;
    private const int NamesPerRead = 1_000;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        return _connection.RunAsync(async session =>
        {
            var list = Keys.List(query.Tenant);
            var found = new Dictionary<ConversationId, ConversationInfo>();
            RedisValue from = query.After is { } after ? RedisKeys.Descending(after.UpdatedAt) + RedisKeys.Hash(query.Tenant, after.Name) + "~" : RedisValue.Null;

            // A member follows the time with more characters; a tilde sorts behind them.
            RedisValue to = query.ChangedSince is { } since ? RedisKeys.Descending(since) + "~" : RedisValue.Null;
            while (true)
            {
                var wanted = Math.Min(query.PageSize - found.Count, NamesPerRead);
                var members = await session.WaitAsync(session.Database.SortedSetRangeByValueAsync(list, from, to, Exclude.Start, Order.Ascending, 0, wanted, CommandFlags.DemandMaster)).ConfigureAwait(false);
                var infos = await Task.WhenAll(members.Select(m => VerifyAsync(session, list, m!))).ConfigureAwait(false);
                foreach (var info in infos.OfType<ConversationInfo>())
                {
                    found[info.Id] = info;
                }

                if (members.Length < wanted || found.Count >= query.PageSize)
                {
                    // In the order of the index, but for those that changed while it was read.
                    return (IReadOnlyList<ConversationInfo>)[.. found.Values
                        .OrderBy(static i => RedisKeys.Descending(i.UpdatedAt) + RedisKeys.Hash(i.Id.Tenant, i.Id.Name), StringComparer.Ordinal)];
                }

                from = members[^1];
            }
        }, isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var purged = 0;
        for (var bucket = 0; bucket < RedisKeys.AgeBuckets; bucket++)
        {
            int seen;
            do
            {
                // Each name is removed by scripts of its own, so that other calls run between.
                var ages = Keys.Ages(bucket);
                var members = await _connection.RunAsync(
                    session => session.WaitAsync(session.Database.SortedSetRangeByValueAsync(ages, RedisValue.Null, RedisKeys.Digits(before), Exclude.None, Order.Ascending, 0, NamesPerBatch, CommandFlags.DemandMaster)),
                    isRepeatable: true,
                    cancellationToken).ConfigureAwait(false);
                seen = members.Length;
                await Parallel.ForEachAsync(members, new ParallelOptions { MaxDegreeOfParallelism = NamesAtOnce, CancellationToken = cancellationToken }, async (member, cancellation) =>
                {
                    if (await _connection.RunAsync(session => PurgeAsync(session, ages, member!, before), isRepeatable: true, cancellation).ConfigureAwait(false))
                    {
                        Interlocked.Increment(ref purged);
                    }
                }).ConfigureAwait(false);
            }
            while (seen == NamesPerBatch);
        }

        return purged;
    }

    /// <summary>Removes the name of an entry, if it is as old as the entry says, and then the entry.</summary>
    private async Task<bool> PurgeAsync(RedisSession session, RedisKey ages, string member, DateTimeOffset before)
    {
        var (_, name, place) = RedisKeys.ParseMember(member);
        var isNamed = session.GetAsync(Keys.Place(name));
        var record = NameRecord.Parse(await session.WaitAsync(session.Database.HashGetAsync(Keys.Turns(place.Tree), "n" + place.Instance, CommandFlags.DemandMaster)).ConfigureAwait(false));
        var counts = await isNamed.ConfigureAwait(false) == place.ToString() && record is { IsDeleted: false };
        var isPurged = false;
        if (record is { MovedTo: null } && record.Info.UpdatedAt < before)
        {
            // A deletion that broke off is completed, and a record that nothing leads to is removed, whatever they say.
            var removal = new Removal();
            isPurged = await RemoveAllAsync(session, place, removal, record.IsDeleted ? null : record.Info, isCompared: !record.IsDeleted).ConfigureAwait(false) == "done";
            if (isPurged)
            {
                await ForgetAsync(session, name, place, removal.Record).ConfigureAwait(false);
            }
        }

        // The name may be elsewhere, or younger.
        var (current, found) = await ReadNameAsync(session, name).ConfigureAwait(false);
        await session.ReplaceMemberAsync(ages, member, found is null ? null : RedisKeys.AgeMember(found.Info.UpdatedAt, name, current!.Value)).ConfigureAwait(false);
        return isPurged && counts;
    }

    /// <summary>Reads the name of an entry, as it is now. Removes the entry when the name is gone, and corrects it when the name was changed at another time.</summary>
    private async Task<ConversationInfo?> VerifyAsync(RedisSession session, RedisKey list, string member)
    {
        var (time, name, place) = RedisKeys.ParseMember(member);
        var named = session.GetAsync(Keys.Place(name));
        var record = await session.RecordAsync(place).ConfigureAwait(false);

        // A record that its place does not lead to is one that a call prepares.
        if (await named.ConfigureAwait(false) == place.ToString() && record is { MovedTo: null } && RedisKeys.Descending(record.Info.UpdatedAt) == time)
        {
            return record.Info;
        }

        var (current, found) = await ReadNameAsync(session, name).ConfigureAwait(false);
        await session.ReplaceMemberAsync(list, member, found is null ? null : RedisKeys.ListMember(found.Info.UpdatedAt, name, current!.Value)).ConfigureAwait(false);
        return found?.Info;
    }
}
