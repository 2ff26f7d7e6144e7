using System.Collections.Concurrent;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>A host with all logging enabled: its log contains neither the key nor messages.</summary>
public class SecrecyTests
{
    private const string Key = "xai-never-to-be-seen";
    private const string Header = "project-never-to-be-seen";
    private const string Secret = "the-treasure-lies-under-the-oak";

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Log_contains_messages_only_when_enabled_and_never_the_key(string isEnabled)
    {
        var now = TestContext.Current.CancellationToken;
        await using var emulator = new GrokEmulator(new() { ApiKey = Key });
        var log = new EverythingLog();
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:ApiKey", Key), ("Grok:LogSensitiveData", isEnabled), ("Grok:Headers:x-team", Header));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.AddGrokChatClient().Over(emulator).AddConversations();
        // The key is redacted even if the application logs the headers of all its clients.
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
        Assert.Contains("Retry 1 of", lines, StringComparison.Ordinal);
        Assert.Contains("ticket-4711", lines, StringComparison.Ordinal);
        Assert.Contains("Authorization", lines, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, lines, StringComparison.Ordinal);
        Assert.DoesNotContain(Header, lines, StringComparison.Ordinal);
        Assert.All(emulator.Requests, static r => Assert.Contains(r.Headers, static h => h.Value.Contains(Header, StringComparison.Ordinal)));
        Assert.Equal(isEnabled == "true", lines.Contains(Secret, StringComparison.Ordinal));
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
