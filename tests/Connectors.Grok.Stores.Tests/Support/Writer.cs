using System.Diagnostics;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A process that writes turns into a shared store and says a line for each one that was acknowledged.</summary>
internal sealed class Writer : IDisposable
{
    public static readonly ConversationId Shared = new("tenant", "shared");

    private readonly Process _process;

    private Writer(Process process) => _process = process;

    public static Writer Start(string kind, string medium, string prefix, int count)
    {
        // The program beside this assembly: the test host may be another one.
        var program = Path.Combine(AppContext.BaseDirectory, typeof(Writer).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(program, ["write", kind, medium, prefix, count.ToString()]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        return new(Process.Start(start)!);
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

    /// <summary>The turns in the store: each one whole, and the path of them all unbroken.</summary>
    public static async Task<List<string>> ReadWholeAsync(ConversationStore store)
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

    /// <summary>The ids acknowledged until the process ends, or until so many were.</summary>
    public async Task<List<string>> AcknowledgedAsync(int most = int.MaxValue)
    {
        var ids = new List<string>();
        while (ids.Count < most && await _process.StandardOutput.ReadLineAsync() is { } id)
        {
            ids.Add(id);
        }

        return ids;
    }

    public async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, await _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Kills the process as <c>kill -9</c> does; what it had said before is still read.</summary>
    public async Task<List<string>> KillAsync()
    {
        _process.Kill();
        return await AcknowledgedAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // Several pages of the database, so that a torn write would show.
    private static string Content(string id) => string.Join(',', Enumerable.Repeat(id, 3000));

    private static ConversationStore Open(string kind, string medium) => kind switch
    {
        "sqlite" => new SqliteConversationStore(medium),
        "postgres" => PostgresServer.Open(medium),
        _ => throw new ArgumentException("What store?", nameof(kind)),
    };
}
