using System.Diagnostics;
using Npgsql;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>What a server can suffer.</summary>
public sealed partial class PostgresServer
{
    private const int MostSeconds = 30;
    private static readonly TimeSpan LongestZombie = TimeSpan.FromSeconds(1);

    public int Port => _port;

    /// <summary>Kills every process of the server, as <c>kill -9</c> does. Its files stay as they are; <c>ControlAsync("start")</c> starts it again.</summary>
    public async Task KillAsync()
    {
        // First the main process, which would otherwise restart the others.
        var main = MainProcess ?? throw new InvalidOperationException("The server is not running.");
        int[] ids = [main, .. Children(main)];
        foreach (var id in ids)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // The session ended by itself.
            }
        }

        for (var began = TimeProvider.System.GetTimestamp(); ids.Any(IsAlive);)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began).TotalSeconds < MostSeconds, "The killed server is still running.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        // A main process that is a zombie would count as running at the next start.
        for (var began = TimeProvider.System.GetTimestamp(); Directory.Exists($"/proc/{main}"); await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System))
        {
            if (TimeProvider.System.GetElapsedTime(began) > LongestZombie)
            {
                File.Delete(Path.Combine(Data, "postmaster.pid"));
                return;
            }
        }
    }

    /// <summary>Creates a copy of this server that follows it. From then on, this server acknowledges a change when the copy shows it (<c>synchronous_commit = remote_apply</c>).</summary>
    public async Task<PostgresServer> CreateStandbyAsync()
    {
        var standby = new PostgresServer { _folder = Directory.CreateTempSubdirectory("grok-postgres-").FullName, _port = FreePort() };
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["postgres", standby._folder]);
        }

        await standby.ServerAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{_port}", "-U", "grok", "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "-N");
        await File.AppendAllTextAsync(Path.Combine(standby.Data, "postgresql.conf"), $"\nport = {standby._port}\n");
        await standby.ControlAsync("start");

        await using var source = NpgsqlDataSource.Create(ConnectionString);
        foreach (var sql in (string[])["alter system set synchronous_standby_names = '*'", "alter system set synchronous_commit = remote_apply", "select pg_reload_conf()"])
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System))
        {
            await using var command = source.CreateCommand("select count(*) from pg_stat_replication where sync_state = 'sync'");
            if (await command.ExecuteScalarAsync() is 1L)
            {
                return standby;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began).TotalSeconds < MostSeconds, "The standby does not follow.");
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            // A killed process whose parent has not noticed yet is a zombie (Z).
            return Fields(id)[0] != "Z";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Children(int parent) => Directory.GetDirectories("/proc").Select(static d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id =>
    {
        try
        {
            return id > 0 && Fields(id)[1] == $"{parent}";
        }
        catch (IOException)
        {
            return false;
        }
    });

    // The fields after the program's name, which may contain spaces: state, parent and so on.
    private static string[] Fields(int id) => File.ReadAllText($"/proc/{id}/stat") is var text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : [];
}
