using System.Collections.Concurrent;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>A whole host that logs everything it can: neither the key nor what was said stands in its log.</summary>
public class SecrecyTests
{
    private const string Key = "xai-never-to-be-seen";
    private const string Secret = "the-treasure-lies-under-the-oak";

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task The_log_of_a_host_tells_what_was_said_only_when_asked_for_and_the_key_never(string isAskedFor)
    {
        var now = TestContext.Current.CancellationToken;
        await using var emulator = new GrokEmulator(new() { ApiKey = Key });
        var log = new EverythingLog();
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:ApiKey", Key), ("Grok:LogSensitiveData", isAskedFor));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.AddGrokChatClient().Over(emulator).AddConversations();
        // Even where the application shows headers of all its other clients.
        builder.Services.ConfigureHttpClientDefaults(static http => http.RedactLoggedHeaders(static _ => false));
        using var host = builder.Build();
        await host.StartAsync(now);
        var grok = host.Services.GetRequiredService<IChatClient>();

        var ticket = new ChatOptions { ConversationId = "ticket-4711" };
        await grok.GetResponseAsync(Secret, ticket, now);
        await grok.GetStreamingResponseAsync(Secret, ticket, now).ToChatResponseAsync(now);
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        emulator.ExpireResponses();
        await grok.GetResponseAsync(Secret, ticket, now);
        await Assert.ThrowsAsync<GrokException>(() => grok.GetResponseAsync(Secret, new() { ModelId = "grok-unheard-of" }, now));

        var lines = string.Join('\n', log.Lines);
        Assert.Contains("Retrying", lines, StringComparison.Ordinal);
        Assert.Contains("ticket-4711", lines, StringComparison.Ordinal);
        Assert.Contains("Authorization", lines, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, lines, StringComparison.Ordinal);
        Assert.Equal(isAskedFor == "true", lines.Contains(Secret, StringComparison.Ordinal));
    }

    private sealed class EverythingLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
