using System.Net;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The HttpClient of a registered client: its inherited handlers, timeouts and retries.</summary>
public class HandlerTests
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(30);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Inherited_attempt_timeout_does_not_cancel_a_long_answer()
    {
        var time = new ManualTime();
        var service = new SlowService();
        await using var provider = Services(time, service, static _ => { }).BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("Think hard.", cancellationToken: Now);
        await service.Asked.Task.WaitAsync(Now);
        time.Advance(Attempt * 10);
        service.Answer();
        Assert.Equal("At last.", (await answer).Text);
    }

    [Fact]
    public async Task Attempt_timeout_cancels_the_answer_when_inherited_handlers_are_kept()
    {
        var time = new ManualTime();
        var service = new SlowService();
        await using var provider = Services(time, service, static c => c.KeepInheritedHandlers()).BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("Think hard.", cancellationToken: Now);
        await service.Asked.Task.WaitAsync(Now);
        time.Advance(Attempt);
        await Assert.ThrowsAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Handlers_added_through_the_builder_are_kept_in_any_registration_order()
    {
        var time = new ManualTime();
        var service = new SlowService();
        var services = Services(time, service, static c => c.HttpClient.AddHttpMessageHandler(static () => new StampHandler("before")));
        services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler(() => new AttemptTimeout(time)));
        services.AddGrokChatClient(static o => o.Model = "grok-4.6").HttpClient.AddHttpMessageHandler(static () => new StampHandler("after"));
        await using var provider = services.BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("Think hard.", cancellationToken: Now);
        await service.Asked.Task.WaitAsync(Now);
        time.Advance(Attempt * 10);
        service.Answer();
        Assert.Equal("At last.", (await answer).Text);
        Assert.Equal(["before", "after"], service.Stamps);
    }

    [Fact]
    public async Task Timeout_option_limits_the_answer()
    {
        var time = new ManualTime();
        var service = new SlowService();
        await using var provider = Services(time, service, static c => c.Configure(static o => (o.Timeout, o.ResponseHeadersTimeout) = (TimeSpan.FromHours(2), Timeout.InfiniteTimeSpan))).BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync("Think hard.", cancellationToken: Now);
        await service.Asked.Task.WaitAsync(Now);
        time.Advance(TimeSpan.FromMinutes(119));
        Assert.False(answer.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));
        var e = await Assert.ThrowsAsync<GrokException>(() => answer);
        Assert.Equal(GrokErrorKind.Timeout, e.Kind);
        Assert.Contains("(Timeout)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HttpClient_has_no_timeout_and_uses_the_configured_sockets_handler()
    {
        var services = new ServiceCollection();
        // A proxy for all HttpClients also applies to this client.
        var proxy = new WebProxy("http://127.0.0.1:9");
        services.ConfigureHttpClientDefaults(http => http.UseSocketsHttpHandler((handler, _) => (handler.Proxy, handler.UseProxy) = (proxy, true)));
        var client = services.AddGrokChatClient(static o => (o.Endpoint, o.ConnectTimeout) = (new(App.Loopback), TimeSpan.FromSeconds(3)));
        using var provider = services.BuildServiceProvider();

        var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(client.HttpClient.Name);
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        var sockets = Assert.IsType<SocketsHttpHandler>(handler);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5), false), (sockets.ConnectTimeout, sockets.PooledConnectionLifetime, sockets.AllowAutoRedirect));
        Assert.Same(proxy, sockets.Proxy);
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient(client.HttpClient.Name);
        Assert.Equal(Timeout.InfiniteTimeSpan, http.Timeout);
        var options = provider.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<HttpClientFactoryOptions>>().Get(client.HttpClient.Name);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.HandlerLifetime);
        Assert.True(options.ShouldRedactHeaderValue("Authorization"));
    }

    [Fact]
    public async Task Registered_client_retries_transient_failures()
    {
        await using var emulator = new GrokEmulator();
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Over(emulator);
        services.AddKeyedGrokChatClient("once", static o => (o.Endpoint, o.MaxRetries) = (new(App.Loopback), 0)).Over(emulator);
        await using var provider = services.BuildServiceProvider();

        Assert.Contains("303", (await provider.GetRequiredService<IChatClient>().GetResponseAsync("What is 101*3?", cancellationToken: Now)).Text, StringComparison.Ordinal);
        Assert.Equal(3, emulator.Requests.Count);
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        await Assert.ThrowsAsync<GrokException>(() => provider.GetRequiredKeyedService<IChatClient>("once").GetResponseAsync("Hello.", cancellationToken: Now));
        Assert.Equal(4, emulator.Requests.Count);
    }

    [Theory]
    [InlineData(null, 1, "This client does not retry")]
    [InlineData(1, 2, "MaxRetries is 1")]
    [InlineData(0, 1, null)]
    public async Task Client_leaves_retries_to_a_resilience_handler_unless_MaxRetries_is_set(int? retries, int requests, string? warning)
    {
        await using var emulator = new GrokEmulator();
        var log = new ListLogger();
        foreach (var isInherited in (bool[])[true, false])
        {
            var before = emulator.Requests.Count;
            log.Lines.Clear();
            for (var i = 0; i < requests; i++)
            {
                emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
            }

            var services = new ServiceCollection();
            services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(log);
            var grok = services.AddGrokChatClient(o => (o.Endpoint, o.RetryDelay, o.MaxRetries) = (new(App.Loopback), TimeSpan.Zero, retries)).Over(emulator);
            if (isInherited)
            {
                services.ConfigureHttpClientDefaults(static http => http.AddHttpMessageHandler(static () => new ResilienceHandler()));
                grok.KeepInheritedHandlers();
            }
            else
            {
                grok.HttpClient.AddHttpMessageHandler(static () => new ResilienceHandler());
            }

            await using var provider = services.BuildServiceProvider();
            await Assert.ThrowsAsync<GrokException>(() => provider.GetRequiredService<IChatClient>().GetResponseAsync("Hello.", cancellationToken: Now));
            Assert.Equal(requests, emulator.Requests.Count - before);
            Assert.Equal(warning is null ? 0 : 1, log.Lines.Count(l => warning is not null && l.Contains(warning, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public void Loopback_is_not_sent_to_a_proxy_of_the_environment()
    {
        Assert.False(ProxyOf(App.Loopback));
        Assert.True(ProxyOf("https://example.org/v1"));

        static bool ProxyOf(string endpoint)
        {
            var services = new ServiceCollection();
            var client = services.AddGrokChatClient(o => (o.Endpoint, o.ApiKey) = (new(endpoint), "xai-test"));
            using var provider = services.BuildServiceProvider();
            var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(client.HttpClient.Name);
            while (handler is DelegatingHandler { InnerHandler: { } inner })
            {
                handler = inner;
            }

            return Assert.IsType<SocketsHttpHandler>(handler).UseProxy;
        }
    }

    [Fact]
    public async Task Disposing_the_application_disposes_its_clients()
    {
        await using var emulator = new GrokEmulator();
        var services = new ServiceCollection();
        services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).Over(emulator).AddConversations();
        var provider = services.BuildServiceProvider();
        var grok = provider.GetRequiredService<IChatClient>();
        Assert.NotEmpty((await grok.GetResponseAsync("Hello.", cancellationToken: Now)).Text);
        await provider.DisposeAsync();
        grok.Dispose();
    }

    private static ServiceCollection Services(ManualTime time, SlowService service, Action<GrokChatClientBuilder> more)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler(() => new AttemptTimeout(time)));
        var client = services.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback));
        client.HttpClient.ConfigurePrimaryHttpMessageHandler(() => service);
        more(client);
        return services;
    }

    /// <summary>Limits every attempt, as common resilience defaults do.</summary>
    private sealed class AttemptTimeout(TimeProvider time) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var attempt = new CancellationTokenSource(Attempt, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token, cancellationToken);
            return await base.SendAsync(request, either.Token);
        }
    }

    private sealed class StampHandler(string text) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-stamp", text);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Answers when the test calls <see cref="Answer"/>.</summary>
    private sealed class SlowService : HttpMessageHandler
    {
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<string> Stamps { get; private set; } = [];

        public void Answer() => _answer.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Stamps = request.Headers.TryGetValues("x-stamp", out var stamps) ? [.. stamps] : [];
            Asked.SetResult();
            await _answer.Task.WaitAsync(cancellationToken);
            const string Body = """
                {"id":"769f3302-64f9-4c72-2b48-860c87fd9b2a","object":"response","model":"grok-4.7","status":"completed","store":true,
                 "output":[{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"At last.","annotations":[]}]}]}
                """;
            return new(HttpStatusCode.OK) { Content = new StringContent(Body, null, "application/json") };
        }
    }

    /// <summary>A handler with the name of that of Microsoft.Extensions.Http.Resilience.</summary>
    private sealed class ResilienceHandler : DelegatingHandler;
}
