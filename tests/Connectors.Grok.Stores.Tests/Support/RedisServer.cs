using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A Redis server process with an append-only file, in a temporary folder, on a loopback port. Stopped by its own process id.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";
    private const int BusOffset = 10_000;
    private static readonly string? Executable = Find();

    private readonly string _folder = Directory.CreateTempSubdirectory("grok-redis-").FullName;
    private Process? _process;

    /// <param name="settings">Lines of the configuration file beside the usual ones.</param>
    public RedisServer(params string[] settings)
    {
        Port = FreePort();
        File.WriteAllLines(
            Path.Combine(_folder, "redis.conf"),
            [$"port {Port}", "bind 127.0.0.1", $"dir {_folder}", "logfile redis.log", "appendonly yes", "appendfsync everysec", "save \"\"", "maxmemory-policy noeviction", .. settings]);
    }

    public static bool IsInstalled => Executable is not null;

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public bool IsRunning => _process is { HasExited: false };

    public static void SkipWhenMissing() => Assert.SkipWhen(!IsInstalled, "No Redis server is installed (Debian: apt-get install redis-server).");

    /// <summary>Starts the server on its files, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Executable!, [Path.Combine(_folder, "redis.conf")]) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true })!;
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Assert.True(IsRunning, $"{Program} on port {Port} ended: {ReadLog()}");
            try
            {
                if (await SendAsync("PING") == "PONG")
                {
                    return;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, guard.Token);
        }
    }

    /// <summary>Kills the server as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Sends a command without quoted arguments, and returns the text of its answer; that of an error begins with a minus sign.</summary>
    public async Task<string> SendAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var line = await reader.ReadLineAsync() ?? throw new IOException("The server closed the connection.");
        if (line[0] != '$')
        {
            return line[0] == '-' ? line : line[1..];
        }

        var text = new char[int.Parse(line[1..], CultureInfo.InvariantCulture)];
        return new(text, 0, await reader.ReadBlockAsync(text));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string ReadLog() => File.Exists(Path.Combine(_folder, "redis.log")) ? File.ReadAllText(Path.Combine(_folder, "redis.log")) : "no log";

    /// <summary>Finds a port outside the range of outgoing connections, which starts at 32768 on Linux, together with the port of the cluster's bus.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 19_900);
            if (IsFree(port) && IsFree(port + BusOffset))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private static string? Find() =>
        OperatingSystem.IsWindows() ? null : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(static d => Path.Combine(d, Program)).FirstOrDefault(File.Exists);
}
