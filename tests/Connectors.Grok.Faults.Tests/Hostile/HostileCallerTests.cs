using System.Collections.Concurrent;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Hostile;

/// <summary>Uses of a client that its documentation does not forbid.</summary>
public sealed class HostileCallerTests : IAsyncLifetime
{
    private GrokEmulator _emulator = null!;

    private CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _emulator = await GrokEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_client_serves_parallel_callers_that_share_options(bool conversations)
    {
        _emulator.Script.When(static r => r.LastUserText?.StartsWith("echo ", StringComparison.Ordinal) == true).Always(static r => r.Text("heard"));
        using var client = Client(conversations);
        var tool = AIFunctionFactory.CreateDeclaration("f", "d", JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement);
        var options = new ChatOptions
        {
            Instructions = "Be short.",
            Temperature = 0.5f,
            Tools = [tool],
            StopSequences = ["x"],
            AdditionalProperties = new() { ["store"] = true },
            ResponseFormat = ChatResponseFormat.Json,
        };
        var before = Snapshot(options);
        var messages = new List<ChatMessage> { new(ChatRole.System, "You are terse."), new(ChatRole.User, "echo 1") { AdditionalProperties = new() { ["mine"] = 1 } } };
        var messagesBefore = Snapshot(messages);
        var ids = new ConcurrentBag<string?>();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var answer = i % 2 == 0
                ? await client.GetResponseAsync(messages, options, Cancelled)
                : await client.GetStreamingResponseAsync(messages, options, Cancelled).ToChatResponseAsync(Cancelled);
            Assert.Equal("heard", answer.Text);
            ids.Add(answer.ConversationId);
        }));
        Assert.Equal(64, ids.Distinct().Count());
        Assert.Equal(before, Snapshot(options));
        Assert.Same(tool, options.Tools.Single());
        Assert.Equal(messagesBefore, Snapshot(messages));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_enumerated_twice_sends_two_requests(bool conversations)
    {
        using var client = Client(conversations);
        var updates = client.GetStreamingResponseAsync("What is 6*7?", cancellationToken: Cancelled);
        var (first, second) = (await updates.ToChatResponseAsync(Cancelled), await updates.ToChatResponseAsync(Cancelled));
        Assert.Contains("42", first.Text, StringComparison.Ordinal);
        Assert.Contains("42", second.Text, StringComparison.Ordinal);
        Assert.NotEqual(first.ConversationId, second.ConversationId);
        Assert.Equal(2, _emulator.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_enumerated_in_parallel_gives_independent_streams(bool conversations)
    {
        using var client = Client(conversations);
        var updates = client.GetStreamingResponseAsync("What is 6*7?", cancellationToken: Cancelled);
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await updates.ToChatResponseAsync(Cancelled)).Text));
        Assert.All(texts, static text => Assert.Contains("42", text, StringComparison.Ordinal));
        Assert.Equal(8, _emulator.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_that_is_not_enumerated_sends_no_request(bool conversations)
    {
        using var client = Client(conversations);
        _ = client.GetStreamingResponseAsync("What is 6*7?", cancellationToken: Cancelled);
        await client.GetResponseAsync("What is 6*7?", cancellationToken: Cancelled);
        Assert.Single(_emulator.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abandoned_stream_ends_at_the_service_and_releases_its_permit(bool conversations)
    {
        using var client = Client(conversations, static o => (o.MaxConcurrentRequests, o.MaxQueuedRequests) = (1, 0));
        for (var i = 0; i < 5; i++)
        {
            var gate = new ReplyGate();
            _emulator.Script.Reply(r => r.Deltas("a", "b").Hold(gate).Text("c"));
            await foreach (var update in client.GetStreamingResponseAsync("q", cancellationToken: Cancelled))
            {
                if (update.Text == "b")
                {
                    break;
                }
            }

            Assert.Equal(RequestOutcome.ClientDisconnected, await _emulator.Requests[^1].Outcome);
        }
    }

    [Fact]
    public async Task Disposing_the_client_fails_queued_callers_with_ObjectDisposedException()
    {
        var client = Client(conversations: false, static o => o.AlwaysStream = false);
        var gate = new ReplyGate();
        _emulator.Script.Reply(r => r.Text("a").Hold(gate).Text("b"));
        var call = client.GetResponseAsync("q", cancellationToken: Cancelled);
        await gate.Reached;
        client.Dispose();
        Assert.Contains("disposed", (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("q", cancellationToken: Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.GetStreamingResponseAsync("q", cancellationToken: Cancelled).ToChatResponseAsync(Cancelled));
        client.Dispose();
    }

    [Fact]
    public async Task Disposing_the_client_lets_a_stream_complete_or_fail()
    {
        var client = Client(conversations: false, static o => (o.MaxConcurrentRequests, o.MaxQueuedRequests) = (1, 1));
        var gate = new ReplyGate();
        _emulator.Script.Reply(r => r.Text("a").Hold(gate).Text("b"));
        await using var updates = client.GetStreamingResponseAsync("q", cancellationToken: Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await updates.MoveNextAsync());
        var waiting = client.GetResponseAsync("waits in the queue", cancellationToken: Cancelled);
        client.Dispose();
        gate.Release();
        var text = updates.Current.Text;
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (await updates.MoveNextAsync())
            {
                text += updates.Current.Text;
            }
        });
        Assert.True(failure is OperationCanceledException or GrokException || (failure is null && text == "ab"), $"{text} {failure}");
        var turnedAway = await Record.ExceptionAsync(() => waiting);
        Assert.True(turnedAway is OperationCanceledException or ObjectDisposedException or GrokException { Kind: GrokErrorKind.Overload }, $"{turnedAway}");
    }

    private IChatClient Client(bool conversations, Action<GrokChatClientOptions>? configure = null)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = _emulator.BaseAddress, MaxRetries = 0 };
        configure?.Invoke(options);
        var client = new GrokChatClient(options);
        return conversations ? client.AsConversationClient(new InMemoryConversationStore()) : client;
    }

    private static string Snapshot(ChatOptions options) => JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatOptions)));

    private static string Snapshot(IEnumerable<ChatMessage> messages) => JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IEnumerable<ChatMessage>)));
}
