using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Benchmarks;

/// <summary>The applications of the turn through everything make the turns that are measured.</summary>
public sealed class ChatApplicationTests : IDisposable
{
    private const int Turn = 50;
    private const int Room = 16; // bytes

    private static readonly int Length = Payloads.Text(ChatApplication.Texts).Length;
    private readonly string _folder = Directory.CreateTempSubdirectory("grok-benchmarks-").FullName;

    [Fact]
    public async Task Turn_over_SQLite_sends_the_same_bytes_at_every_depth()
    {
        await using var application = new GrokApplication(store => store.UseSqlite(Path.Combine(_folder, "store.db")));
        await Turn_sends_the_same_bytes_at_every_depth(application);
    }

    [Fact]
    public async Task Turn_over_PostgreSQL_sends_the_same_bytes_at_every_depth()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        var connection = postgres.ConnectionString;
        await using var application = new GrokApplication(store => store.UsePostgres(connection));
        await Turn_sends_the_same_bytes_at_every_depth(application);
    }

    [Fact]
    public async Task Turn_over_the_adapter_resends_the_history()
    {
        await using var application = new AdapterApplication();
        await application.StartAsync();
        var second = await SentAsync(application, 2);
        Assert.Equal(second, await SentAsync(application, 2));
        var later = await SentAsync(application, Turn);
        Assert.InRange(later, (Turn - 2) * Length, (Turn * Length * 2) + (10 * second));
        Assert.Equal(later, await SentAsync(application, Turn));
    }

    [Fact]
    public async Task Telemetry_of_a_turn_is_recorded()
    {
        using var telemetry = new TelemetryRecorder();
        await using var application = new GrokApplication(static store => store.UseInMemory());
        await application.StartAsync();
        await SentAsync(application, 2);
        Assert.Superset(new HashSet<string>(["Microsoft.AspNetCore", GrokTelemetry.ActivitySourceName, "System.Net.Http"]), new HashSet<string>(telemetry.Sources));
        Assert.True(telemetry.Activities > 0);
        Assert.True(telemetry.Measurements > 0);
    }

    [Fact]
    public void Later_turn_is_compared_with_the_second_one()
    {
        var row = new Row("turn", "time", "µs", new Dictionary<Side, double> { [Side.Grok] = 120, [Side.SecondTurn] = 100 }, new(1.1, Side.SecondTurn));
        Assert.False(row.IsKept);
        Assert.Contains("1.20 × turn 2", row.ToString(), StringComparison.Ordinal);
        Assert.True((row with { Values = new Dictionary<Side, double> { [Side.Grok] = 105, [Side.SecondTurn] = 100 } }).IsKept);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task Turn_sends_the_same_bytes_at_every_depth(GrokApplication application)
    {
        await application.StartAsync();
        var second = await SentAsync(application, 2);
        Assert.Equal(second, await SentAsync(application, 2));
        // The ids of the responses may differ in length.
        Assert.InRange(await SentAsync(application, Turn), second - Room, second + Room);
    }

    /// <summary>The bytes of one turn. Without the conversation before it, the turn would send no response id.</summary>
    private static async Task<long> SentAsync(ChatApplication application, int turn)
    {
        await application.GoToAsync(turn);
        var before = application.Sent;
        Assert.Equal(Length, (await application.RunAsync(turn)).Size);
        return application.Sent - before;
    }
}
