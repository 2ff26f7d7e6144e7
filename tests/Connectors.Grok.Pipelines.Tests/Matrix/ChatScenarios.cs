using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>What a program does with a client of Microsoft.Extensions.AI.</summary>
internal static class ChatScenarios
{
    public static IReadOnlyList<(string Feature, Func<HostRun, Task> Run)> All { get; } =
    [
        ("a conversation of several turns", SeveralTurnsAsync),
        ("a request contains only the new messages", OnlyNewMessagesAsync),
        ("another process continues", OtherProcessAsync),
        ("`UseFunctionInvocation`", FunctionsAsync),
        ("the same, with an approval in a later call", ApprovalAsync),
        ("instructions that change", InstructionsAsync),
        ("`GetResponseAsync<T>`", StructuredOutputAsync),
        ("`UseDistributedCache`: the same first question", CacheAsync),
        ("`UseChatReducer`: the model sees only the window", ReducerAsync),
        ("`UseImageGeneration`", ImageAsync),
        ("`UseOpenTelemetry`", TelemetryAsync),
        ("`OrderedFailoverChatClient`", FailoverAsync),
        ("the service no longer has the response", ExpiredAsync),
        ("an answer that ends while the model reasons", CutWhileReasoningAsync),
        ("a stream or response that fails", FailureAsync),
    ];

    private static async Task SeveralTurnsAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        await caller.SendAsync("My name is Alice. Remember this.");
        Assert.Contains("303", (await caller.SendAsync("What is 101*3?")).Text, StringComparison.Ordinal);
        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private static async Task OnlyNewMessagesAsync(HostRun run)
    {
        await SeveralTurnsAsync(run);
        run.RequireOnlyNewMessages();
    }

    private static async Task OtherProcessAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        await caller.SendAsync("My name is Alice. Remember this.");
        caller.Continue(run.Create());
        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private static async Task FunctionsAsync(HostRun run)
    {
        var calls = 0;
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => { calls++; return $"Rain in {city}"; }, "get_weather")] };
        var caller = new ChatCaller(run, run.Create().AsBuilder().UseFunctionInvocation().Build(), options);
        Assert.Contains("Rain in Oslo", (await caller.SendAsync("What is the weather in Oslo?")).Text, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        Assert.Contains("303", (await caller.SendAsync("What is 101*3?")).Text, StringComparison.Ordinal);
    }

    private static async Task ApprovalAsync(HostRun run)
    {
        var calls = 0;
        var options = new ChatOptions { Tools = [new ApprovalRequiredAIFunction(AIFunctionFactory.Create((string city) => { calls++; return $"Rain in {city}"; }, "get_weather"))] };
        var caller = new ChatCaller(run, run.Create().AsBuilder().UseFunctionInvocation().Build(), options);
        var asked = (await caller.SendAsync("What is the weather in Oslo?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().Single();
        Assert.Equal(0, calls);
        Assert.Contains("Rain in Oslo", (await caller.SendAsync(new ChatMessage(ChatRole.User, [asked.CreateResponse(true)]))).Text, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        Assert.Contains("303", (await caller.SendAsync("What is 101*3?")).Text, StringComparison.Ordinal);
    }

    private static async Task InstructionsAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        foreach (var word in new[] { "Over.", "Out." })
        {
            caller.Options.Instructions = $"End every answer with \"{word}\"";
            await caller.SendAsync("My name is Alice. Remember this.");
            run.Emulator.Requests[^1].ShouldContain(word);
        }
    }

    private static async Task StructuredOutputAsync(HostRun run)
    {
        var response = run.IsStreamed
            ? JsonSerializer.Deserialize<Sum>((await run.AskAsync(run.Create(), [new(ChatRole.User, "What is 101*3?")], new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Sum>() })).Text, JsonSerializerOptions.Web)
            : (await run.Create().GetResponseAsync<Sum>("What is 101*3?", cancellationToken: TestContext.Current.CancellationToken)).Result;
        Assert.Equal(303, response!.Value);
    }

    private static async Task CacheAsync(HostRun run)
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        foreach (var id in new[] { "ticket-1", "ticket-2" })
        {
            // Below conversations and history tracking; docs/pipelines.md gives the reason.
            var client = run.Create(inner => new DistributedCachingChatClient(inner, cache));
            Assert.Contains("303", (await run.AskAsync(client, [new(ChatRole.User, "What is 101*3?")], new() { ConversationId = run.Id is null ? null : id })).Text, StringComparison.Ordinal);
        }

        if (run.Emulator.Requests.Count > 1)
        {
            throw new ObservationException("each-conversation-has-its-own-cache-entries");
        }
    }

    private static async Task ReducerAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create().AsBuilder().UseChatReducer(new MessageCountingChatReducer(3)).Build());
        await caller.SendAsync("My name is Alice. Remember this.");
        await caller.SendAsync("What is 2*3?");
        await caller.SendAsync("What is 2*4?");
        if ((await caller.SendAsync("What's my name?")).Text.Contains("Alice", StringComparison.Ordinal))
        {
            throw new ObservationException("the-service-keeps-all-messages");
        }

        run.Emulator.Requests[^1].ShouldContinueNothing().ShouldNotContain("Alice");
    }

    private static async Task ImageAsync(HostRun run)
    {
        using var generator = new RecordingImageGenerator();
        run.Emulator.Script.Reply(static r => r.Call("GenerateImage", """{"prompt":"a cat"}""")).Reply("Here it is.");
        var caller = new ChatCaller(run, run.Create().AsBuilder().UseImageGeneration(generator).UseFunctionInvocation().Build(), new() { Tools = [new HostedImageGenerationTool()] });
        var response = await caller.SendAsync("Generate an image of a cat.");
        Assert.Equal("a cat", generator.Requests.Single().Request.Prompt);
        Assert.Single(response.Messages.SelectMany(static m => m.Contents).OfType<ImageGenerationToolResultContent>());
        Assert.Contains("303", (await caller.SendAsync("What is 101*3?")).Text, StringComparison.Ordinal);
    }

    private static async Task TelemetryAsync(HostRun run)
    {
        using var recorder = new SpanRecorder();
        var caller = new ChatCaller(run, run.Create().AsBuilder().UseOpenTelemetry(sourceName: recorder.Source).Build());
        var response = await caller.SendAsync("Hello.");
        var span = Assert.Single(recorder.Spans);
        Assert.Equal(("chat grok-4.7", response.ResponseId), (span.DisplayName, span.GetTagItem("gen_ai.response.id")));
    }

    private static async Task FailoverAsync(HostRun run)
    {
        using var first = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = new("http://127.0.0.1:1/v1"), MaxRetries = 0 });
        // Below conversations and history tracking; docs/pipelines.md gives the reason.
        var caller = new ChatCaller(run, run.Create(inner => new OrderedFailoverChatClient([first, inner])));
        await caller.SendAsync("My name is Alice. Remember this.");
        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private static async Task ExpiredAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        await caller.SendAsync("My name is Alice. Remember this.");
        run.Emulator.ExpireResponses();
        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private static async Task CutWhileReasoningAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        await caller.SendAsync("My name is Alice. Remember this.");
        run.Emulator.Script.Reply(static r => r.Reasoning("Let me see.").Incomplete());
        await caller.SendAsync("What is 101*3?");
        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private static async Task FailureAsync(HostRun run)
    {
        var caller = new ChatCaller(run, run.Create());
        await caller.SendAsync("My name is Alice. Remember this.");
        run.Emulator.Script.Reply(static r => r.Text("Half an answer").Fail("server_error", "it broke"));
        var failure = await Record.ExceptionAsync(() => caller.SendAsync("What is 101*3?"));
        if (failure is null)
        {
            throw new ObservationException("a-failed-answer-looks-complete");
        }

        HostRun.RequireAlice((await caller.SendAsync("What's my name?")).Text);
    }

    private sealed record Sum(int Value);
}
