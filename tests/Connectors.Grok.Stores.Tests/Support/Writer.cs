using System.Diagnostics;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A process that appends turns to a shared store and prints the id of each acknowledged turn.</summary>
internal sealed class Writer : IDisposable
{
    public static readonly ConversationId Shared = new("tenant", "shared");

    private readonly Process _process;

    private Writer(Process process) => _process = process;

    public static Writer Start(string kind, string medium, string prefix, int count) => new(StartProcess("write", kind, medium, prefix, count.ToString()));

    /// <summary>Starts the executable of this test project; the current process may be a different test host.</summary>
    public static Process StartProcess(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(Writer).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    public static async Task WriteAsync(string kind, string medium, string prefix, int count)
    {
        var store = Open(kind, medium);
        for (var i = 0; i < count; i++)
        {
            await AppendAsync(store, $"{prefix}{i}");
            await Console.Out.WriteLineAsync($"{prefix}{i}");
        }

        await ((IAsyncDisposable)store).DisposeAsync();
    }

    /// <summary>Reads the head and appends to it, until that succeeds.</summary>
    private static async Task AppendAsync(ConversationStore store, string id)
    {
        bool done;
        do
        {
            var head = (await store.FindAsync(Shared))?.Head;
            var depth = head is null ? 0 : (await store.GetTurnAsync(Shared.Tenant, head))!.Depth + 1;
            done = await store.AppendAsync(Shared, SomeTurns.Turn(id, head, depth, Content(id)), head);
        }
        while (!done);
    }

    /// <summary>Reads the ids of all turns, and asserts that each turn is complete and the path is unbroken.</summary>
    public static async Task<List<string>> ReadCompleteAsync(ConversationStore store)
    {
        if (await store.FindAsync(Shared) is not { Head: { } head })
        {
            return [];
        }

        var path = await store.GetPathAsync(Shared.Tenant, head);
        Assert.Equal(head, path[^1].Id);
        Assert.All(path.Index(), static p =>
        {
            Assert.Equal(p.Index, p.Item.Depth);
            Assert.Equal(Content(p.Item.Id), Encoding.UTF8.GetString(p.Item.Content.Span));
        });
        return [.. path.Select(static t => t.Id)];
    }

    /// <summary>Reads the acknowledged ids until the process ends, or up to a maximum number.</summary>
    public async Task<List<string>> ReadAcknowledgedAsync(int max = int.MaxValue)
    {
        var ids = new List<string>();
        while (ids.Count < max && await _process.StandardOutput.ReadLineAsync() is { } id)
        {
            ids.Add(id);
        }

        return ids;
    }

    public async Task WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, await _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Kills the process as <c>kill -9</c> does, and returns the ids that it printed before.</summary>
    public async Task<List<string>> KillAsync()
    {
        _process.Kill();
        return await ReadAcknowledgedAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // Several database pages, so that a partial write is detected.
    private static string Content(string id) => string.Join(',', Enumerable.Repeat(id, 3000));

    /// <summary>Opens a store of a kind, in any process.</summary>
    public static ConversationStore Open(string kind, string medium) => kind switch
    {
        "sqlite" => new SqliteConversationStore(medium),
        "postgres" => PostgresServer.Open(medium),
        "redis" => RedisCluster.Open(medium),
        _ => throw new ArgumentException($"Unknown kind of store: {kind}.", nameof(kind)),
    };
}
