using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>The commands of one attempt. Masters only: replicas lag behind.</summary>
internal sealed class RedisSession(IDatabase database, RedisKeys keys, Attempt attempt, CancellationToken cancellationToken)
{
    private const int FormatVersion = 1;
    private const int ChunkSize = 128;

    public RedisKeys Keys => keys;

    public Attempt Attempt => attempt;

    public IDatabase Database => database;

    /// <summary>Waits for a command, or for cancellation.</summary>
    public Task<T> WaitAsync<T>(Task<T> command) => command.WaitAsync(cancellationToken);

    /// <summary>Runs a script that only reads.</summary>
    public Task<RedisResult> ReadAsync(string script, RedisKey[] scriptKeys, params RedisValue[] arguments) =>
        WaitAsync(database.ScriptEvaluateAsync(script, scriptKeys, arguments, CommandFlags.DemandMaster));

    /// <summary>Runs a script that changes something.</summary>
    public Task<RedisResult> ChangeAsync(string script, RedisKey[] scriptKeys, params RedisValue[] arguments)
    {
        attempt.IsUncertain = true;
        return ReadAsync(script, scriptKeys, arguments);
    }

    /// <summary>Runs a script that changes what nobody sees, such as a claim: when its answer is lost, nothing of the call happened.</summary>
    public Task<RedisResult> PrepareAsync(string script, RedisKey[] scriptKeys, params RedisValue[] arguments) => ReadAsync(script, scriptKeys, arguments);

    public async Task<string?> GetAsync(RedisKey key) => await WaitAsync(database.StringGetAsync(key, CommandFlags.DemandMaster)).ConfigureAwait(false);

    /// <summary>Sets a key if it has a value (null for none), or has the new one already. A new value of null deletes it.</summary>
    public async Task<bool> SwapAsync(RedisKey key, string? old, string? value) =>
        (bool)await PrepareAsync(RedisScripts.Swap, [key], old ?? "", value ?? "").ConfigureAwait(false);

    /// <summary>Reads a name's record; null for none, and for a deleted one.</summary>
    public async Task<NameRecord?> RecordAsync(Place place) =>
        NameRecord.Parse(await WaitAsync(database.HashGetAsync(keys.Turns(place.Tree), "n" + place.Instance, CommandFlags.DemandMaster)).ConfigureAwait(false)) is { IsDeleted: false } record ? record : null;

    /// <summary>Reads turns of a tree, in chunks, with their contents or without; null where there is none.</summary>
    public async Task<List<ConversationTurn?>> TurnsAsync(string tree, IReadOnlyList<string> turns, bool hasContents = true)
    {
        var chunks = await Task.WhenAll(turns.Chunk(ChunkSize).Select(chunk =>
        {
            RedisValue[] fields = [.. chunk.SelectMany(t => hasContents ? (RedisValue[])["d" + t, "c" + t] : ["d" + t])];
            return WaitAsync(database.HashGetAsync(keys.Turns(tree), fields, CommandFlags.DemandMaster));
        })).ConfigureAwait(false);
        return [.. chunks.SelectMany(values => values.Chunk(hasContents ? 2 : 1)).Select(static pair => TurnRow.ToTurn(pair[0], pair.Length > 1 ? pair[1] : RedisValue.EmptyString))];
    }

    /// <summary>Adds a member to a sorted set in which every score is 0, and removes another one.</summary>
    public async Task ReplaceMemberAsync(RedisKey key, string? old, string? member)
    {
        // One after the other: a server whose memory is full refuses to add, and would still remove.
        if (member is not null)
        {
            await WaitAsync(database.SortedSetAddAsync(key, member, 0, SortedSetWhen.Always, CommandFlags.DemandMaster)).ConfigureAwait(false);
        }

        if (old is not null && old != member)
        {
            await WaitAsync(database.SortedSetRemoveAsync(key, old, CommandFlags.DemandMaster)).ConfigureAwait(false);
        }
    }

    /// <summary>Checks the version of the format that the keys have.</summary>
    /// <exception cref="ConversationStoreException">A newer version of this library wrote them.</exception>
    public async Task CheckVersionAsync(bool writesMissing)
    {
        var version = await GetAsync(keys.Version).ConfigureAwait(false);
        if (version is null && writesMissing)
        {
            await SwapAsync(keys.Version, null, $"{FormatVersion}").ConfigureAwait(false);
            version = await GetAsync(keys.Version).ConfigureAwait(false);
        }

        if (version is not null && (!int.TryParse(version, out var number) || number > FormatVersion))
        {
            throw RedisErrors.NewerVersion(version, FormatVersion);
        }
    }
}
