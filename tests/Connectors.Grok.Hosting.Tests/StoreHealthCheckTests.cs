using Connectors.Grok.Conversations;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Health checks of the conversation store.</summary>
public class StoreHealthCheckTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_check_reports_what_the_store_says()
    {
        ConversationStoreException? failure = null;
        var store = new CheckedStore(_ => failure is null ? default : throw failure);
        await using var provider = Provider(store, static c => c.AddGrokConversations().AddGrokConversations("deep", "deep", failureStatus: HealthStatus.Degraded, tags: ["ready"]));
        var health = provider.GetRequiredService<HealthCheckService>();
        var report = await health.CheckHealthAsync(Now);
        Assert.Equal(["grok-conversations", "deep"], report.Entries.Keys);
        Assert.All(report.Entries.Values, static e => Assert.Equal(HealthStatus.Healthy, e.Status));

        // A keyed client without a store of its own shares the application's.
        failure = new ConversationStoreException("The server is down.") { IsTransient = true };
        report = await health.CheckHealthAsync(Now);
        Assert.Equal((HealthStatus.Unhealthy, "The server is down."), (report.Entries["grok-conversations"].Status, report.Entries["grok-conversations"].Description));
        Assert.Same(failure, report.Entries["grok-conversations"].Exception);
        Assert.Equal((HealthStatus.Degraded, "The server is down."), (report.Entries["deep"].Status, report.Entries["deep"].Description));
        Assert.Equal(["ready"], report.Entries["deep"].Tags);
        failure = null;
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Now)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_that_does_not_answer_is_unhealthy_after_the_timeout(bool ignoresCancellation)
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new CheckedStore(token =>
        {
            asked.TrySetResult();
            return new(new TaskCompletionSource().Task.WaitAsync(ignoresCancellation ? CancellationToken.None : token));
        });
        await using var provider = Provider(store, static c => c.AddGrokConversations(timeout: TimeSpan.FromSeconds(3)), time);
        var check = provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now);
        await asked.Task.WaitAsync(Now);
        time.Advance(TimeSpan.FromSeconds(3));
        var entry = (await check).Entries["grok-conversations"];
        Assert.Equal((HealthStatus.Unhealthy, "The conversation store did not answer within 00:00:03."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Missing_or_invalid_store_is_unhealthy_and_cancellation_is_passed_on()
    {
        await using var provider = Provider(new CheckedStore(static _ => default), static c => c.AddGrokConversations("nobody", "nobody").AddGrokConversations());
        var health = provider.GetRequiredService<HealthCheckService>();
        var entry = (await health.CheckHealthAsync(Now)).Entries["nobody"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("ConversationStore", entry.Description, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => health.CheckHealthAsync(new CancellationToken(true)));
    }

    [Fact]
    public void AddGrokConversations_rejects_invalid_arguments()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentNullException>("builder", () => ((IHealthChecksBuilder)null!).AddGrokConversations());
        Assert.Throws<ArgumentException>("name", () => checks.AddGrokConversations(" "));
        Assert.Throws<ArgumentException>("timeout", () => checks.AddGrokConversations(timeout: TimeSpan.Zero));
        Assert.Throws<ArgumentException>("timeout", () => checks.AddGrokConversations(timeout: TimeSpan.FromDays(1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_shared_by_keyed_clients_is_disposed_once(bool isAsync)
    {
        var store = new CheckedStore(static _ => default);
        var provider = Provider(store, static _ => { });
        foreach (var key in (string?[])[null, "deep", "fast"])
        {
            var client = provider.GetRequiredKeyedService<ConversationChatClient>(key);
            Assert.Empty(await client.Conversations.GetTreeAsync("ticket-4711", Now));
            Assert.NotNull(provider.GetRequiredKeyedService<ConversationStore>(key));
        }

        await (isAsync ? provider.DisposeAsync().AsTask() : Task.Run(provider.Dispose, Now));
        Assert.Equal(1, store.Disposed);
    }

    [Fact]
    public async Task Shared_store_forwards_every_member()
    {
        var store = new CheckedStore(static _ => default);
        await using var provider = Provider(store, static _ => { });
        var shared = provider.GetRequiredKeyedService<ConversationStore>("deep");
        Assert.NotSame(store, shared);
        Assert.All(typeof(ConversationStore).GetMethods().Where(static m => m.IsVirtual && m.DeclaringType == typeof(ConversationStore)),
            m => Assert.Equal(shared.GetType(), shared.GetType().GetMethod(m.Name, [.. m.GetParameters().Select(static p => p.ParameterType)])!.DeclaringType));

        // One store: what is saved by one key is found by the other, whichever member did it.
        var (id, turn) = (new ConversationId("", "ticket"), new ConversationTurn { Id = "t1", Depth = 0, IsStored = false, CreatedAt = default });
        await shared.InitializeAsync(Now);
        await shared.CheckAsync(Now);
        Assert.True(await shared.ImportAsync(id, [turn], "t1", cancellationToken: Now));
        Assert.True(await shared.AppendAsync(id, turn with { Id = "t2", ParentId = "t1", Depth = 1 }, "t1", cancellationToken: Now));
        Assert.True(await shared.MoveAsync(id, "t1", "t2", cancellationToken: Now));
        Assert.True(await shared.ReplaceAsync("", turn with { Content = new byte[] { 1 } }, default, Now));
        Assert.Equal(await store.FindAsync(id, Now), await shared.FindAsync(id, Now));
        Assert.Equal("t1", (await shared.LookUpAsync(id, null, Now))!.Head!.Id);
        Assert.Equal("t2", (await shared.GetPathAsync("", "t2", Now))[1].Id);
        Assert.Equal([1], (await shared.GetTurnAsync("", "t1", Now))!.Content.ToArray());
        Assert.Equal(2, (await shared.GetTreeAsync(id, Now)).Count);
        Assert.Equal(2, (await shared.GetUsageAsync(id, Now)).Own.TurnCount);
        Assert.Single(await shared.ListAsync(new() { Tenant = "" }, Now));
        Assert.Equal(2, (await shared.DeleteAsync(id, null, Now)).Count);
        Assert.Equal(0, await shared.PurgeAsync(DateTimeOffset.MaxValue, Now));
    }

    private static ServiceProvider Provider(ConversationStore store, Action<IHealthChecksBuilder> checks, ManualTime? time = null)
    {
        var services = new ServiceCollection().AddLogging();
        if (time is not null)
        {
            services.AddSingleton<TimeProvider>(time);
        }

        foreach (var key in (string?[])[null, "deep", "fast"])
        {
            services.AddKeyedGrokChatClient(key, static o => o.Endpoint = new(App.Loopback));
            services.AddKeyedGrokConversations(key);
        }

        // A factory, so that the container owns the store.
        services.AddKeyedGrokConversations(null).UseStore(_ => store);
        checks(services.AddHealthChecks());
        return services.BuildServiceProvider();
    }

    private sealed class CheckedStore(Func<CancellationToken, ValueTask> check) : HookedStore(new InMemoryConversationStore()), IDisposable, IAsyncDisposable
    {
        public int Disposed { get; private set; }

        public override ValueTask CheckAsync(CancellationToken cancellationToken = default) => check(cancellationToken);

        public void Dispose() => Disposed++;

        public ValueTask DisposeAsync()
        {
            Disposed++;
            return default;
        }
    }
}
