using System.Net;
using System.Net.Sockets;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Postgres;
using Connectors.Grok.Redis;
using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>Exceptions of a store contain neither the password of its connection nor stored content.</summary>
public class StoreSecrecyTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unreachable_PostgreSQL_is_reported_without_the_password(bool answersNonsense)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var nonsense = answersNonsense ? SendInvalidBytesAsync(server) : Task.CompletedTask;
        if (!answersNonsense)
        {
            server.Stop();
        }

        var store = new PostgresConversationStore($"Host=127.0.0.1;Port={port};Username=grok;Password={Secrets.PasswordWord};SSL Mode=Disable", new() { MaxRetries = 0 });
        await using (store)
        {
            var e = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.FindAsync(new("", "ticket"), Now));
            Assert.NotNull(e.InnerException);
            Assert.Empty(new Secrets().FoundIn(Witness.Dump(e)));
        }

        server.Stop();
        await nonsense;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unreachable_Redis_is_reported_without_the_password(bool answersNonsense)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var nonsense = answersNonsense ? SendInvalidBytesAsync(server) : Task.CompletedTask;
        if (!answersNonsense)
        {
            server.Stop();
        }

        var store = new RedisConversationStore($"127.0.0.1:{port},user=grok,password={Secrets.PasswordWord},connectTimeout=200,connectRetry=0", new() { RetryTimeout = TimeSpan.Zero });
        await using (store)
        {
            var e = await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.FindAsync(new("", "ticket"), Now));
            Assert.NotNull(e.InnerException);
            Assert.Empty(new Secrets().FoundIn(Witness.Dump(e)));
        }

        server.Stop();
        await nonsense;
    }

    [Fact]
    public async Task Unreadable_SQLite_file_is_reported_without_password_and_contents()
    {
        var folder = Directory.CreateTempSubdirectory("secrecy").FullName;
        try
        {
            var file = Path.Combine(folder, "kept.db");
            await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat(Secrets.Say(Secrets.PromptWord), 500)), Now);
            foreach (var connection in (SqliteConnectionStringBuilder[])
            [
                new() { DataSource = file },
                new() { DataSource = file, Password = Secrets.PasswordWord },
                new() { DataSource = Path.Combine(folder, "nowhere", "kept.db"), Password = Secrets.PasswordWord },
            ])
            {
                await using var store = new SqliteConversationStore(connection);
                var e = await Assert.ThrowsAnyAsync<Exception>(async () => await store.FindAsync(new("", "ticket"), Now));
                Assert.Empty(new Secrets().FoundIn(Witness.Dump(e)));
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SendInvalidBytesAsync(TcpListener server)
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync(Now);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"), Now);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, or the client disconnected.
        }
    }
}
