using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Connectors.Grok.Postgres;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>
/// A PostgreSQL cluster for the tests, with default durability settings. It is created in a temporary folder, listens on a free loopback port,
/// runs as an unprivileged user and is stopped at the end. Without an installed server, the tests that need it are skipped.
/// </summary>
public sealed partial class PostgresServer : IAsyncLifetime
{
    private readonly string? _binaries = Binaries();
    private string _folder = "";
    private int _port;
    private int _schemas;
    private Exception? _failure;

    /// <summary>The data source for all tests; created on first use.</summary>
    public NpgsqlDataSource Source => field ??= NpgsqlDataSource.Create(ConnectionString);

    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_binaries is null, "No PostgreSQL server is installed (Debian: apt-get install postgresql), or there is no user to run it as.");
            Assert.True(_failure is null, $"The installed PostgreSQL does not start: {_failure}");
            return $"Host=127.0.0.1;Port={_port};Username=grok;Database=postgres;Maximum Pool Size=24;Timeout=15";
        }
    }

    public static PostgresConversationStore Open(string medium) =>
        medium.Split('|') is [var schema, var connection] ? new(connection, new() { Schema = schema }) : throw new ArgumentException("schema|connection string", nameof(medium));

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>Runs statements in the database of <see cref="ConnectionString"/>.</summary>
    public async Task RunAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A connection string of a new database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"stores{Interlocked.Increment(ref _schemas)}";
        await RunAsync($"create database {name}");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    public string NewSchema() => $"Stores \"{Interlocked.Increment(ref _schemas)}\"";

    public async ValueTask InitializeAsync()
    {
        try
        {
            await (_binaries is null ? Task.CompletedTask : StartAsync());
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or IOException or InvalidOperationException)
        {
            // Reported by the tests that need the server.
            _failure = e;
        }
    }

    private async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("grok-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["postgres", _folder]);
        }

        await ServerAsync("initdb", "-D", Data, "-U", "grok", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        _port = FreePort();
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), $"\nport = {_port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n");
        await ControlAsync("start");
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder.Length > 0)
        {
            if (_failure is null)
            {
                await Source.DisposeAsync();
                if (IsRunning)
                {
                    await ControlAsync("stop", "-m", "immediate");
                }
            }

            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Stops the server without a shutdown, as a crash does, and starts it again.</summary>
    public async Task CrashAsync()
    {
        await ControlAsync("stop", "-m", "immediate");
        await ControlAsync("start");
    }

    public Task ControlAsync(string command, params string[] options) => ServerAsync("pg_ctl", [command, "-w", "-t", "30", "-D", Data, "-l", Path.Combine(_folder, "log"), .. options]);

    private string Data => Path.Combine(_folder, "data");

    private bool IsRunning => MainProcess is { } id && (!Directory.Exists("/proc") || Directory.Exists($"/proc/{id}"));

    /// <summary>The server's main process, by the file that it leaves behind when it is killed; null when it was stopped.</summary>
    private int? MainProcess => Path.Combine(Data, "postmaster.pid") is var file && File.Exists(file) ? int.Parse(File.ReadLines(file).First()) : null;

    private Task ServerAsync(string program, params string[] arguments)
    {
        program = Path.Combine(_binaries!, program);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);
    }

    // No pipes: the server that pg_ctl starts would inherit them and keep them open.
    private async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { WorkingDirectory = _folder })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>Finds a port outside the range of outgoing connections, so that no connection of another test takes it while the server is down.</summary>
    public static int FreePort()
    {
        while (true)
        {
            // Outgoing connections use ports from 32768 on Linux by default, and from 49152 on macOS.
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 30_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The port is in use; try another one.
            }
        }
    }

    private static string? Binaries()
    {
        if (OperatingSystem.IsWindows() || (Environment.IsPrivilegedProcess && !File.ReadLines("/etc/passwd").Any(static l => l.StartsWith("postgres:", StringComparison.Ordinal))))
        {
            return null;
        }

        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        var debian = versions.OrderDescending(StringComparer.Ordinal).Select(static d => Path.Combine(d, "bin"));
        return debian.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(static d => Exists(Path.Combine(d, "initdb")) && Exists(Path.Combine(d, "postgres")));
    }

    // File.Exists is also true for a link without a target.
    private static bool Exists(string file) => File.Exists(file) && File.ResolveLinkTarget(file, returnFinalTarget: true) is not { Exists: false };
}
