using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Health checks of the settings, and of the service by ping.</summary>
public class HealthCheckTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_check_validates_settings_without_a_request()
    {
        await using var emulator = new GrokEmulator();
        await using var provider = Provider(emulator, null, static c => c.AddGrok().AddGrok("wrong", "wrong").AddGrok("none", "none", failureStatus: HealthStatus.Degraded, tags: ["ready"]));

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now);
        Assert.Equal(HealthStatus.Healthy, report.Entries["grok"].Status);
        Assert.Equal("grok-4.7", report.Entries["grok"].Data["model"]);
        Assert.Equal("http://localhost/v1", report.Entries["grok"].Data["endpoint"]);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["wrong"].Status);
        Assert.Contains("GrokChatClientOptions.Endpoint", report.Entries["wrong"].Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Degraded, report.Entries["none"].Status);
        Assert.Equal(["ready"], report.Entries["none"].Tags);
        Assert.Empty(emulator.Requests);
    }

    [Fact]
    public async Task Ping_lists_models_at_most_once_per_minute()
    {
        await using var emulator = new GrokEmulator();
        var time = new ManualTime();
        await using var provider = Provider(emulator, time, static c => c.AddGrok(configure: static o => o.Ping = true));
        var health = provider.GetRequiredService<HealthCheckService>();

        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => health.CheckHealthAsync(Now)));
        Assert.All(reports, static r => Assert.Equal(HealthStatus.Healthy, r.Status));
        Assert.Equal(("GET", "/v1/models"), emulator.Requests.Select(static r => (r.Method, r.Path)).Single());
        time.Advance(TimeSpan.FromSeconds(59));
        await health.CheckHealthAsync(Now);
        Assert.Single(emulator.Requests);
        time.Advance(TimeSpan.FromSeconds(1));
        await health.CheckHealthAsync(Now);
        Assert.Equal(2, emulator.Requests.Count);
        Assert.All(emulator.Requests, static r => Assert.Equal("/v1/models", r.Path));
    }

    [Fact]
    public async Task Host_without_a_list_of_models_is_not_pinged()
    {
        await using var emulator = new GrokEmulator();
        var services = new ServiceCollection().AddLogging();
        services.AddGrokChatClient(static o => (o.ApiKey, o.Endpoint) = ("key", new("https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi"))).Over(emulator);
        services.AddHealthChecks().AddGrok(configure: static o => o.Ping = true);
        await using var provider = services.BuildServiceProvider();
        var entry = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now)).Entries["grok"];
        Assert.Equal((HealthStatus.Healthy, "The settings are complete. This host has no route to ping without PingRoute."), (entry.Status, entry.Description));
        Assert.Empty(emulator.Requests);
    }

    [Theory]
    [InlineData("me", HealthStatus.Healthy)]
    [InlineData("nowhere", HealthStatus.Unhealthy)]
    public async Task Ping_requests_the_route_of_the_options(string route, HealthStatus status)
    {
        await using var emulator = new GrokEmulator();
        await using var provider = Provider(emulator, null, c => c.AddGrok(configure: o => (o.Ping, o.PingRoute) = (true, route)));
        var entry = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now)).Entries["grok"];
        Assert.Equal((status, $"/v1/{route}"), (entry.Status, emulator.Requests.Select(static r => r.Path).Single()));
        Assert.True(status == HealthStatus.Healthy || entry.Exception is GrokException { ClientRequestId: not null });
    }

    [Fact]
    public async Task Rejected_ping_is_unhealthy_and_its_result_is_cached()
    {
        await using var emulator = new GrokEmulator(new() { ApiKey = "xai-right" });
        var time = new ManualTime();
        await using var provider = Provider(emulator, time, static c => c.AddGrok(configure: static o => o.Ping = true));
        var health = provider.GetRequiredService<HealthCheckService>();

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var entry = (await health.CheckHealthAsync(Now)).Entries["grok"];
            Assert.Equal(HealthStatus.Unhealthy, entry.Status);
            Assert.Equal(GrokErrorKind.Authentication, Assert.IsType<GrokException>(entry.Exception).Kind);
            Assert.DoesNotContain("xai-wrong", entry.Description + entry.Exception, StringComparison.Ordinal);
        }

        Assert.Single(emulator.Requests);
    }

    [Fact]
    public async Task Unanswered_ping_is_unhealthy_after_the_ping_timeout()
    {
        var time = new ManualTime();
        var silent = new SilentHandler();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time);
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).HttpClient.ConfigurePrimaryHttpMessageHandler(() => silent);
        services.AddHealthChecks().AddGrok(configure: static o => (o.Ping, o.PingTimeout) = (true, TimeSpan.FromSeconds(3)));
        await using var provider = services.BuildServiceProvider();

        var check = provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now);
        await silent.Asked.Task.WaitAsync(Now);
        time.Advance(TimeSpan.FromSeconds(3));
        var entry = (await check).Entries["grok"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("00:00:03", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_health_check_caches_no_result()
    {
        await using var emulator = new GrokEmulator();
        await using var provider = Provider(emulator, new ManualTime(), static c => c.AddGrok(configure: static o => o.Ping = true));
        var health = provider.GetRequiredService<HealthCheckService>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => health.CheckHealthAsync(new CancellationToken(true)));
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Now)).Status);
    }

    [Fact]
    public void AddGrok_rejects_invalid_arguments()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentNullException>("builder", () => ((IHealthChecksBuilder)null!).AddGrok());
        Assert.Throws<ArgumentException>("name", () => checks.AddGrok(" "));
        Assert.Throws<ArgumentException>("configure", () => checks.AddGrok(configure: static o => o.CacheDuration = TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentException>("configure", () => checks.AddGrok(configure: static o => o.PingTimeout = TimeSpan.Zero));
        Assert.Throws<ArgumentException>("configure", () => checks.AddGrok(configure: static o => o.PingTimeout = TimeSpan.FromDays(1)));
    }

    private static ServiceProvider Provider(GrokEmulator emulator, ManualTime? time, Action<IHealthChecksBuilder> checks)
    {
        var services = new ServiceCollection().AddLogging();
        if (time is not null)
        {
            services.AddSingleton<TimeProvider>(time);
        }

        services.AddGrokChatClient(static o => (o.Endpoint, o.ApiKey) = (new(App.Loopback), "xai-wrong")).Over(emulator);
        services.AddKeyedGrokChatClient("wrong", static o => o.Endpoint = new("http://example.org"));
        checks(services.AddHealthChecks());
        return services.BuildServiceProvider();
    }

    private sealed class SilentHandler : HttpMessageHandler
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("This line is never reached.");
        }
    }
}
