using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>All stores and all faults.</summary>
internal static class DurabilityTable
{
    public const string Sqlite = "SQLite";
    public const string Postgres = "PostgreSQL";
    public const string Redis = "Redis Cluster";

    public const string KilledProcess = "kill -9 of the writing process";
    public const string KilledServer = "kill -9 of the server";
    public const string Cut = "cut connections";
    public const string Failover = "failover";
    public const string FullDisk = "disk full";
    public const string ReadOnly = "read-only spell";
    public const string Pooler = "pooler";

    private const string NoServer = "SQLite has no server, no connections and no pooler.";
    private const string NoMount = "Needs the right to mount a file system in memory.";
    private const string NoImmutable = "Needs the right to make a file immutable (chattr), and a file system that supports that.";
    private const string NoRedisPooler = "Redis needs no pooler: the client shares one connection for each server.";

    public static IReadOnlyList<DurabilityCell> All(PostgresServer postgres, RedisCluster redis) => [.. SqliteCells(), .. PostgresCells(postgres), .. RedisCells(redis)];

    public static IReadOnlyList<DurabilityCell> SqliteCells() =>
    [
        Cell(Sqlite, KilledProcess, KilledSqliteWriters),
        new(Sqlite, KilledServer, null) { Note = NoServer },
        new(Sqlite, Cut, null) { Note = NoServer },
        new(Sqlite, Failover, null) { Note = NoServer },
        Cell(Sqlite, FullDisk, static () => SmallDisk.TryMount() is { } disk ? new SqliteFullDisk(disk) : throw new NotSupportedException(NoMount)),
        Cell(Sqlite, ReadOnly, SqliteReadOnlyFile),
        new(Sqlite, Pooler, null) { Note = NoServer },
    ];

    public static IReadOnlyList<DurabilityCell> PostgresCells(PostgresServer server) =>
    [
        Cell(Postgres, KilledProcess, () => new KilledWriters("postgres", $"{server.NewSchema()}|{server.ConnectionString};Maximum Pool Size=6")),
        Cell(Postgres, KilledServer, () => new PostgresKilled(server)),
        Cell(Postgres, Cut, () => new PostgresCut(server)),
        new(Postgres, Failover, static async () => await PostgresFailover.StartAsync()),
        new(Postgres, FullDisk, async () => SmallDisk.TryMount() is { } disk ? await new PostgresFullDisk(server, disk).CreateTablespaceAsync() : throw new NotSupportedException(NoMount)),
        Cell(Postgres, ReadOnly, () => new PostgresReadOnly(server)),
        new(Postgres, Pooler, async () => new PostgresPooled(server, await PgBouncer.StartAsync(server))),
    ];

    public static IReadOnlyList<DurabilityCell> RedisCells(RedisCluster cluster)
    {
        DurabilityCell[] cells =
        [
            Cell(Redis, KilledProcess, () => new KilledWriters("redis", $"{cluster.NewPrefix()}|{cluster.ConnectionString}")),
            Cell(Redis, KilledServer, () => new RedisKilled(cluster)),
            Cell(Redis, Cut, () => new RedisCut(cluster)),
            Cell(Redis, $"{Failover}, MinReplicas = 1", () => new RedisFailover(cluster, minReplicas: 1)),
            Cell(Redis, $"{Failover}, MinReplicas = 0", () => new RedisFailover(cluster, minReplicas: 0)),
            Cell(Redis, $"{FullDisk} (memory)", () => new RedisRefusing(cluster, "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")),
            Cell(Redis, ReadOnly, () => new RedisRefusing(cluster, "CONFIG SET min-replicas-to-write 5", "CONFIG SET min-replicas-to-write 0")),
            new(Redis, Pooler, null) { Note = NoRedisPooler },
        ];
        return [.. cells.Select(static c => c with { MustKeep = false })];
    }

    private static KilledWriters KilledSqliteWriters()
    {
        var folder = new TempFolder();
        return new KilledWriters("sqlite", folder.NewFile(), folder);
    }

    private static SqliteReadOnly SqliteReadOnlyFile()
    {
        var folder = new TempFolder();
        if (SqliteReadOnly.IsPossible(folder))
        {
            return new SqliteReadOnly(folder);
        }

        folder.Dispose();
        throw new NotSupportedException(NoImmutable);
    }

    private static DurabilityCell Cell(string store, string fault, Func<FaultScenario> create) => new(store, fault, () => Task.FromResult(create()));
}
