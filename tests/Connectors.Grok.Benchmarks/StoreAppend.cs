using BenchmarkDotNet.Attributes;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Connectors.Grok.Benchmarks;

/// <summary>Appends turns of 4 kB to one conversation.</summary>
[MemoryDiagnoser]
public abstract class StoreAppend
{
    private static readonly ConversationId Id = new("", "ticket-4711");

    private string? _head;

    protected int Depth { get; private set; }

    protected static byte[] Content { get; } = Payloads.Noise(4096);

    protected void Restart() => (_head, Depth) = (null, 0);

    protected async Task<Tally> AppendAsync(ConversationStore store)
    {
        var turn = new ConversationTurn
        {
            Id = Guid.NewGuid().ToString("N"),
            ParentId = _head,
            Depth = Depth++,
            ResponseId = Payloads.Id,
            StoredResponseIds = [Payloads.Id],
            IsStored = true,
            Model = GrokChatClientOptions.DefaultModel,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Content = Content,
        };
        var isKept = await store.AppendAsync(Id, turn, _head);
        _head = turn.Id;
        return new Tally(isKept ? 1 : 0, turn.Content.Length);
    }
}

/// <summary>In memory; there is nothing to compare with.</summary>
public class MemoryAppend : StoreAppend
{
    private const int LongestConversation = 1000;

    private InMemoryConversationStore _store = new();

    [Benchmark]
    public Task<Tally> Grok()
    {
        if (Depth == LongestConversation)
        {
            // The memory is not without end.
            _store = new();
            Restart();
        }

        return AppendAsync(_store);
    }
}

/// <summary>In a file, against the bare bytes in a transaction that is as durable.</summary>
public class SqliteAppend : StoreAppend, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grok-benchmarks-").FullName;
    private readonly SqliteConnection _bare;
    private readonly SqliteCommand _insert;
    private readonly SqliteConversationStore _store;

    public SqliteAppend()
    {
        _store = new SqliteConversationStore(Path.Combine(_folder, "store.db"));
        _bare = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "bare.db"), Pooling = false }.ConnectionString);
        _bare.Open();
        using var prepare = _bare.CreateCommand();
        prepare.CommandText = "pragma journal_mode = wal; pragma synchronous = full; create table bare (key integer primary key, content blob not null)";
        prepare.ExecuteNonQuery();
        _insert = _bare.CreateCommand();
        _insert.CommandText = "insert into bare (content) values (@content)";
        _insert.Parameters.AddWithValue("@content", Content);
        _insert.Prepare();
    }

    [Benchmark(Baseline = true)]
    public Task<Tally> Floor()
    {
        using var transaction = _bare.BeginTransaction();
        _insert.Transaction = transaction;
        var count = _insert.ExecuteNonQuery();
        transaction.Commit();
        return Task.FromResult(new Tally(count, Content.Length));
    }

    [Benchmark]
    public Task<Tally> Grok() => AppendAsync(_store);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        await _bare.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>In PostgreSQL, against one insert of the bare bytes. The server is of the benchmark's own.</summary>
public class PostgresAppend : StoreAppend, IAsyncDisposable
{
    private readonly PostgresServer _server = new();
    private NpgsqlDataSource? _source;
    private PostgresConversationStore? _store;

    [GlobalSetup]
    public async Task StartAsync()
    {
        await _server.InitializeAsync();
        _source = NpgsqlDataSource.Create(_server.ConnectionString + ";Max Auto Prepare=10;Auto Prepare Min Usages=1");
        _store = new PostgresConversationStore(_server.ConnectionString);
        await using var create = _source.CreateCommand("create table bare (key bigint generated always as identity primary key, content bytea not null)");
        await create.ExecuteNonQueryAsync();
    }

    [Benchmark(Baseline = true)]
    public async Task<Tally> Floor()
    {
        await using var insert = _source!.CreateCommand("insert into bare (content) values ($1)");
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Content });
        return new Tally(await insert.ExecuteNonQueryAsync(), Content.Length);
    }

    [Benchmark]
    public Task<Tally> Grok() => AppendAsync(_store!);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            await _source!.DisposeAsync();
        }

        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
