using System.Diagnostics;
using System.Globalization;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>The sample in a separate process on a free port. Disposing ends the process.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Process _process;

    private Node(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <summary>The memory of the process that is in use, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <param name="database">The connection string of the conversations.</param>
    /// <param name="endpoint">The address of the emulator; null to start without a key, so that the sample starts its own emulator.</param>
    /// <param name="settings">Additional settings.</param>
    public static Task<Node> StartAsync(string database, Uri? endpoint, params string[] settings) => StartAsync(database, endpoint, heapLimit: null, settings);

    /// <inheritdoc cref="StartAsync(string, Uri?, string[])"/>
    /// <param name="database">The connection string of the conversations.</param>
    /// <param name="endpoint">The address of the emulator.</param>
    /// <param name="heapLimit">The most bytes that the process may have on its managed heap; null for no limit.</param>
    /// <param name="settings">Additional settings.</param>
    public static async Task<Node> StartAsync(string database, Uri? endpoint, long? heapLimit, params string[] settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Web.dll"), "--Urls=http://127.0.0.1:0", .. endpoint is null ? (string[])[] : [$"--Grok:Endpoint={endpoint}"], "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", .. settings.Select(static s => $"--{s}")])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ConnectionStrings__Conversations"] = database;
        if (heapLimit is { } bytes)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("X", CultureInfo.InvariantCulture);
        }

        start.Environment["XAI_API_KEY"] = endpoint is null ? "" : Marked.Key;
        var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.IndexOf("Now listening on: ", StringComparison.Ordinal) is >= 0 and var index)
                {
                    // Drain the output, because a full pipe would block the process.
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                    return new Node(process, line[(index + "Now listening on: ".Length)..].Trim());
                }
            }

            throw new InvalidOperationException("The sample ended before it listened on a port.");
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
