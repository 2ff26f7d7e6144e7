using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>
/// Cancels calls over HTTP on loopback: after a number of updates, and at random times. The emulator stalls somewhere in each answer, so
/// that an ignored cancellation leaves the call running, on a fast or slow machine alike.
/// </summary>
internal sealed class RandomTimes(CancelResult result, int count, int seed)
{
    // As many callers as connections: a connection kept by a cancelled call is missing for later calls.
    public const int Callers = 8;

    private const int Events = 12;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(1);

    private readonly CountedConnections _connections = new();
    private readonly InMemoryConversationStore _store = new();
    private int _next = -1;

    /// <summary>A description of the observed connections.</summary>
    public string Connections { get; private set; } = "";

    /// <exception cref="TimeoutException">A call did not end, or a connection stayed open.</exception>
    public async Task RunAsync()
    {
        await using var emulator = await GrokEmulator.StartAsync(new() { MaxRecordedRequests = 10 });
        var handler = new FaultHeader(_connections.NewHandler(Callers));
        using (var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan })
        {
            using var grok = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress }, http);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(n => Task.Run(() => CallAsync(grok, new Random(seed + n))))).WaitAsync(TimeSpan.FromMinutes(10), TimeProvider.System);
            var opened = _connections.Opened;
            // Checks that no cancelled call still holds a connection: as many calls as the pool has connections must complete concurrently.
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(n => Task.Run(() => WholeAsync(grok, n)))).WaitAsync(Hang, TimeProvider.System);
            Connections = $"{opened} connections opened for {count} calls, {_connections.Open} open in the pool of {Callers} at the end, {answers.Length} whole answers over it";
            foreach (var answer in answers.Where(static a => a.FinishReason is null))
            {
                result.Wrong.Enqueue($"after the run, an answer is not complete: {answer}");
            }
        }

        await _connections.AllClosedAsync().WaitAsync(Hang, TimeProvider.System);
    }

    private static Task<ChatResponse> WholeAsync(GrokChatClient grok, int n)
    {
        FaultHeader.Asked = null;
        return n % 2 == 0 ? grok.GetResponseAsync("Hello.") : grok.GetStreamingResponseAsync("Hello.").ToChatResponseAsync();
    }

    private async Task CallAsync(GrokChatClient grok, Random random)
    {
        for (int index; (index = Interlocked.Increment(ref _next)) < count;)
        {
            var isConversation = index % 3 == 2;
            using var conversation = isConversation ? new ConversationChatClient(new Unowned(grok), _store) : null;
            IChatClient client = isConversation ? conversation! : grok;
            FaultHeader.Asked = string.Create(CultureInfo.InvariantCulture, $"stall; after={random.Next(Events)}");
            var isStreamed = random.Next(4) != 0;
            var afterUpdate = isStreamed && random.Next(2) == 0 ? random.Next(3) : (int?)null;
            var way = $"loopback, {(isConversation ? "conversation, " : "")}{(isStreamed ? "streamed" : "whole")}, {(afterUpdate is null ? "at a random time" : "after an update")}";
            await CancelAsync(way, client, isStreamed, afterUpdate, TimeSpan.FromMicroseconds(random.Next(20_000)));
        }
    }

    private async Task CancelAsync(string way, IChatClient client, bool isStreamed, int? afterUpdate, TimeSpan when)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = 0L;
        // The stall may start before the awaited update.
        var due = afterUpdate is null ? when : when + TimeSpan.FromMilliseconds(20);
        using var timer = TimeProvider.System.CreateTimer(static cancel => ((Action)cancel!)(), (Action)Cancel, due, Timeout.InfiniteTimeSpan);
        Exception? thrown = null;
        try
        {
            await AskAsync(client, isStreamed, afterUpdate, Cancel, cancellation.Token).WaitAsync(Hang, TimeProvider.System);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        result.Add(way, thrown, Stopwatch.GetElapsedTime(Volatile.Read(ref cancelled)), cancellation.Token);

        void Cancel()
        {
            if (Interlocked.CompareExchange(ref cancelled, Stopwatch.GetTimestamp(), 0) == 0)
            {
                cancellation.Cancel();
            }
        }
    }

    private static async Task AskAsync(IChatClient client, bool isStreamed, int? afterUpdate, Action cancel, CancellationToken token)
    {
        if (!isStreamed)
        {
            await client.GetResponseAsync("Write 60 words about patience.", cancellationToken: token);
            return;
        }

        var seen = 0;
        await foreach (var _ in client.GetStreamingResponseAsync("Write 60 words about patience.", cancellationToken: token))
        {
            if (seen++ == afterUpdate)
            {
                cancel();
            }
        }
    }

    /// <summary>A client that outlives the pipelines over it.</summary>
    private sealed class Unowned(IChatClient inner) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            inner.GetResponseAsync(messages, options, cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            inner.GetStreamingResponseAsync(messages, options, cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

        public void Dispose()
        {
            // Nothing to dispose.
        }
    }
}
