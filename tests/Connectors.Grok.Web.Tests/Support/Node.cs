using System.Diagnostics;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>The sample as a process of its own, on a port of its own. Ends with this object.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Process _process;

    private Node(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <param name="database">The connection string of the conversations.</param>
    /// <param name="endpoint">Where the emulator listens; null to start without a key, so that the sample brings its own.</param>
    /// <param name="settings">More settings.</param>
    public static async Task<Node> StartAsync(string database, Uri? endpoint, params string[] settings)
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
        start.Environment["XAI_API_KEY"] = endpoint is null ? "" : Marked.Key;
        var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.IndexOf("Now listening on: ", StringComparison.Ordinal) is >= 0 and var at)
                {
                    // Nobody reads on, and a full pipe would stop the process.
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                    return new Node(process, line[(at + "Now listening on: ".Length)..].Trim());
                }
            }

            throw new InvalidOperationException("The sample ended before it listened.");
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
