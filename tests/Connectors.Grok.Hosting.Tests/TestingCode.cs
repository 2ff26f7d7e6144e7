using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using Moq.Protected;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The C# blocks of docs/testing.md, in their order, each run as a user's test would run it.</summary>
public sealed class TestingCode
{
    [Fact]
    public void Code_of_the_testing_page_equals_the_compiled_code() => PageCode.AssertSame("docs/testing.md", "TestingCode.cs");

    [Fact]
    public async Task Mocked_chat_client_answers_the_program()
    {
        #region mock
        var model = new Mock<IChatClient>();
        model.Setup(m => m.GetResponseAsync(It.IsAny<IEnumerable<ChatMessage>>(), It.IsAny<ChatOptions>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paid on Monday.")));
        var desk = new SupportDesk(model.Object);
        Assert.Equal("Paid on Monday.", await desk.AskAsync("ticket-4711", "Was my order paid?"));
        #endregion
    }

    #region fake
    internal sealed class FakeModel(Func<IEnumerable<ChatMessage>, ChatOptions?, string> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(messages, options))));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetResponseAsync(messages, options, cancellationToken).Result.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
    #endregion

    [Fact]
    public async Task Conversations_over_a_fake_send_every_turn()
    {
        #region conversations
        using var model = new FakeModel((messages, _) => $"You have sent {messages.Count(m => m.Role == ChatRole.User)} messages.");
        using var client = model.AsConversationClient(new InMemoryConversationStore());
        var desk = new SupportDesk(client);
        await desk.AskAsync("ticket-4711", "Was my order paid?");
        Assert.Equal("You have sent 2 messages.", await desk.AskAsync("ticket-4711", "When?"));
        Assert.Equal(2, (await client.Conversations.GetTurnsAsync("ticket-4711")).Count);
        #endregion
        Assert.Equal("You have sent 3 messages.", string.Concat(await client.GetStreamingResponseAsync("Thanks.", new ChatOptions { ConversationId = "ticket-4711" }, TestContext.Current.CancellationToken).Select(static u => u.Text).ToListAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Emulator_in_memory_answers_the_program_after_a_retry()
    {
        #region in memory
        await using var emulator = new GrokEmulator();
        emulator.Script.WhenText("paid").Reply(r => r.Text("Paid on Monday."));
        using var http = new HttpClient(emulator.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        using var grok = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.BaseAddress, MaxRetries = 2, RetryDelay = TimeSpan.Zero }, http);
        using var client = grok.AsConversationClient(new InMemoryConversationStore());
        var desk = new SupportDesk(client);

        emulator.Faults.Enqueue(Fault.RateLimited());
        Assert.Equal("Paid on Monday.", await desk.AskAsync("ticket-4711", "Was my order paid?"));
        Assert.Equal([429, 200], emulator.Requests.Select(request => request.Status));
        emulator.Requests[^1].ShouldSay("Was my order paid?");
        #endregion
    }

    [Fact]
    public async Task Registered_client_retries_over_the_handler_of_the_emulator()
    {
        await using var emulator = new GrokEmulator();
        var builder = App.New(("Grok:RetryDelay", "00:00:00"));
        Register(builder, emulator);
        using var host = builder.Build();
        emulator.Faults.Enqueue(Fault.RateLimited());
        emulator.Faults.Enqueue(Fault.ServerError());
        Assert.Contains("303", (await host.Services.GetRequiredService<IChatClient>().GetResponseAsync("What is 101*3?", cancellationToken: TestContext.Current.CancellationToken)).Text, StringComparison.Ordinal);
        Assert.Equal([429, 503, 200], emulator.Requests.Select(static request => request.Status));
    }

    private static void Register(HostApplicationBuilder builder, GrokEmulator emulator)
    {
        #region registered
        builder.AddGrokChatClient(options => options.Endpoint = emulator.BaseAddress)
            .HttpClient.ConfigurePrimaryHttpMessageHandler(() => emulator.CreateHandler());
        #endregion
    }

    [Fact]
    public async Task Computed_script_plays_a_model_that_calls_a_function()
    {
        await using var emulator = new GrokEmulator();
        var template = Path.GetTempFileName();
        await File.WriteAllTextAsync(template, "Your order is ", TestContext.Current.CancellationToken);
        Script(emulator, template);
        using var http = new HttpClient(emulator.CreateHandler());
        using var grok = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.BaseAddress }, http);
        using var client = grok.AsBuilder().UseFunctionInvocation().Build();
        var function = AIFunctionFactory.Create((string number) => number == "4711" ? "on its way" : "unknown", "find_order");
        Assert.Equal("Your order is on its way", (await client.GetResponseAsync("Where is my order 4711", new ChatOptions { Tools = [function] }, TestContext.Current.CancellationToken)).Text);

        var failure = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("Where is my order 4711", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("The script calls the function 'find_order', which the request does not offer.", failure.Message, StringComparison.Ordinal);
        File.Delete(template);
    }

    private static void Script(GrokEmulator emulator, string template)
    {
        #region computed
        emulator.Script.Strict = true;
        emulator.Script
            .When(request => request.LastUserText is not null)
            .Always((request, r) => r.Call("find_order", $$"""{"number":"{{request.LastUserText!.Split(' ')[^1]}}"}"""));
        emulator.Script
            .When(request => request.LastUserText is null)
            .Always(async (request, r, cancelled) =>
            {
                var result = request.Items[^1].GetProperty("output").GetString()!;
                r.Text(await File.ReadAllTextAsync(template, cancelled)).Text(result);
            });
        #endregion
    }

    [Fact]
    public async Task Conversation_outlives_the_copy_of_the_service()
    {
        #region time
        var time = new ManualTime();
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { TimeProvider = time });
        using var http = new HttpClient(emulator.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        using var grok = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.BaseAddress, TimeProvider = time }, http);
        using var client = grok.AsConversationClient(new InMemoryConversationStore());
        var desk = new SupportDesk(client);
        await desk.AskAsync("ticket-4711", "My name is Alice. Remember this.");
        time.Advance(TimeSpan.FromDays(31));
        Assert.Contains("Alice", await desk.AskAsync("ticket-4711", "What's my name?"), StringComparison.Ordinal);
        emulator.Requests[^1].ShouldContinueNothing();
        #endregion
    }

    [Fact]
    public async Task Mocked_handler_answers_the_client()
    {
        #region handler
        var handler = new Mock<HttpMessageHandler>();
        handler.Protected().Setup<Task<HttpResponseMessage>>("SendAsync", ItExpr.IsAny<HttpRequestMessage>(), ItExpr.IsAny<CancellationToken>())
            .ReturnsAsync(() => new HttpResponseMessage
            {
                Content = new StringContent("""
                    {"id":"r-1","object":"response","status":"completed","model":"grok-4.7",
                     "output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Paid on Monday."}]}]}
                    """, Encoding.UTF8, "application/json"),
            });
        using var http = new HttpClient(handler.Object);
        using var grok = new GrokChatClient(new GrokChatClientOptions { ApiKey = "test" }, http);
        Assert.Equal("Paid on Monday.", (await grok.GetResponseAsync("Was my order paid?")).Text);
        #endregion
    }

    [Fact]
    public async Task Emulator_on_a_port_answers_the_program()
    {
        #region port
        await using var emulator = await GrokEmulator.StartAsync();
        emulator.Script.WhenText("paid").Always(r => r.Text("Paid on Monday."));
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.BaseAddress });
        var desk = new SupportDesk(client.AsConversationClient(new InMemoryConversationStore()));
        Assert.Equal("Paid on Monday.", await desk.AskAsync("ticket-4711", "Was my order paid?"));
        #endregion
    }

    #region program
    internal sealed class SupportDesk(IChatClient client)
    {
        public async Task<string> AskAsync(string ticket, string question) =>
            (await client.GetResponseAsync(question, new ChatOptions { ConversationId = ticket })).Text;
    }
    #endregion
}
