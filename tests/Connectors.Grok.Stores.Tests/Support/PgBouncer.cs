using System.Diagnostics;
using System.Net.Sockets;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>
/// A pgbouncer in transaction mode in front of a server, on a free loopback port, as an unprivileged user; stopped by its process id. Without
/// an installed pgbouncer, the tests that need it are skipped.
/// </summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly string _folder;
    private readonly int _port;

    private PgBouncer(string folder, int port) => (_folder, _port) = (folder, port);

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=grok;Database=postgres;Maximum Pool Size=16;Timeout=15";

    /// <summary>Starts a pooler with fewer connections to the server than its clients have, so that calls change connections.</summary>
    public static async Task<PgBouncer> StartAsync(PostgresServer server)
    {
        Assert.SkipUnless(File.Exists(Program), "No pgbouncer is installed (Debian: apt-get install pgbouncer).");
        var target = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString);
        var bouncer = new PgBouncer(Directory.CreateTempSubdirectory("grok-pgbouncer-").FullName, PostgresServer.FreePort());
        await File.WriteAllTextAsync(bouncer.In("users.txt"), "\"grok\" \"\"\n");
        await File.WriteAllTextAsync(
            bouncer.In("pgbouncer.ini"),
            $"""
            [databases]
            postgres = host=127.0.0.1 port={target.Port} dbname=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {bouncer._port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {bouncer.In("users.txt")}
            pool_mode = transaction
            default_pool_size = 3
            server_round_robin = 1
            logfile = {bouncer.In("log")}
            pidfile = {bouncer.In("pid")}

            """);
        await bouncer.StartAsync();
        return bouncer;
    }

    /// <summary>Kills the pooler with all its connections, and starts it again.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        string[] command = ["-d", "-q", In("pgbouncer.ini")];
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["-R", "postgres", _folder]);
            await RunAsync("runuser", ["-u", "postgres", "--", Program, .. command]);
        }
        else
        {
            await RunAsync(Program, command);
        }

        while (!await AnswersAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task KillAsync()
    {
        if (File.Exists(In("pid")))
        {
            using var daemon = Process.GetProcessById(int.Parse((await File.ReadAllTextAsync(In("pid"))).Trim()));
            daemon.Kill();
            await daemon.WaitForExitAsync();

            // A killed daemon leaves it behind, and the next one does not start beside it.
            File.Delete(In("pid"));
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string In(string file) => Path.Combine(_folder, file);

    // No pipes: the daemon would inherit them and keep them open.
    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]))!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
