using System.Text.Json;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Connectors.Grok.SemanticKernel.Tests.Telemetry;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Matrix;

/// <summary>What a program does with a kernel.</summary>
internal static class KernelScenarios
{
    public static IReadOnlyList<(string Feature, Func<KernelRun, Task> Run)> All { get; } =
    [
        ("a chat of several turns", SeveralTurnsAsync),
        ("a request contains only the new messages", OnlyNewMessagesAsync),
        ("a history saved as JSON, in another process", OtherProcessAsync),
        ("functions, with their filters", FunctionsAsync),
        ("the function's result alone is sent", FunctionResultAsync),
        ("`InvokePromptAsync` with a plugin", PromptAsync),
        ("reasoning in the answer", ReasoningAsync),
        ("spans and metrics of `gen_ai`", TelemetryAsync),
        ("failures as `HttpOperationException`", ErrorAsync),
        ("the service no longer has the response", ExpiredAsync),
        ("an answer that ends while the model reasons", CutWhileReasoningAsync),
        ("an edited history", EditedAsync),
    ];

    private static PromptExecutionSettings Functions => new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private static void RequireAlice(ChatMessageContent answer) => Assert.Contains("Alice", answer.Content, StringComparison.Ordinal);

    private static async Task SeveralTurnsAsync(KernelRun run)
    {
        var (kernel, history) = (run.Create(), new ChatHistory("You are brief."));
        await run.SendAsync(kernel, history, "My name is Alice. Remember this.");
        Assert.Contains("303", (await run.SendAsync(kernel, history, "What is 101*3?")).Content, StringComparison.Ordinal);
        RequireAlice(await run.SendAsync(kernel, history, "What's my name?"));
    }

    private static async Task OnlyNewMessagesAsync(KernelRun run)
    {
        await SeveralTurnsAsync(run);
        if (run.Emulator.Requests[^1] is { PreviousResponseId: null } or { Items.Count: > 1 })
        {
            throw new ObservationException("sends-the-history");
        }
    }

    private static async Task OtherProcessAsync(KernelRun run)
    {
        var history = new ChatHistory("You are brief.");
        await run.SendAsync(run.Create(), history, "My name is Alice. Remember this.");
        history = JsonSerializer.Deserialize<ChatHistory>(JsonSerializer.Serialize(history))!;
        RequireAlice(await run.SendAsync(run.Create(), history, "What's my name?"));
    }

    private static async Task FunctionsAsync(KernelRun run)
    {
        var (weather, filter) = (new My_Weather(), new Filter());
        var kernel = run.Create(weather);
        kernel.AutoFunctionInvocationFilters.Add(filter);
        var answer = await run.SendAsync(kernel, [], "What is the weather in Oslo?", Functions);
        if (weather.Cities.Count == 0)
        {
            Assert.Contains("Error: Function failed", answer.Content, StringComparison.Ordinal);
            throw new ObservationException("a-conversation-id-below-the-kernels-function-invocation");
        }

        Assert.Contains("Rain in Oslo", answer.Content, StringComparison.Ordinal);
        Assert.Equal(["My_Weather.get_weather"], filter.Calls);
    }

    private static async Task FunctionResultAsync(KernelRun run)
    {
        await FunctionsAsync(run);
        if (run.Emulator.Requests[^1] is { PreviousResponseId: null } or { Items.Count: > 1 })
        {
            throw new ObservationException("sends-the-history");
        }
    }

    private static async Task PromptAsync(KernelRun run)
    {
        var weather = new My_Weather();
        var kernel = run.Create(weather);
        var answer = run.IsStreamed
            ? string.Concat(await kernel.InvokePromptStreamingAsync<string>("What is the weather in {{$city}}?", new(Functions) { ["city"] = "Oslo" }).ToListAsync(TestContext.Current.CancellationToken))
            : (await kernel.InvokePromptAsync("What is the weather in {{$city}}?", new(Functions) { ["city"] = "Oslo" })).ToString();
        if (weather.Cities.Count == 0)
        {
            throw new ObservationException("a-conversation-id-below-the-kernels-function-invocation");
        }

        Assert.Contains("Rain in Oslo", answer, StringComparison.Ordinal);
    }

    private static async Task ReasoningAsync(KernelRun run)
    {
        if (!(await run.SendAsync(run.Create(), [], "Hello.")).Items.OfType<ReasoningContent>().Any())
        {
            throw new ObservationException("what-the-kernels-adapter-drops");
        }
    }

    private static async Task TelemetryAsync(KernelRun run)
    {
        var kernel = run.Create();
        using var recorder = new TelemetryRecorder();
        await run.SendAsync(kernel, [], "Hello.");
        var (spans, metrics) = (recorder.Spans.Count(static s => s.DisplayName == "chat grok-4.7"), recorder.Measurements.Count(static m => m.Name == "gen_ai.client.operation.duration"));
        if ((spans, metrics) == (0, 0))
        {
            throw new ObservationException("telemetry-without-the-package");
        }

        Assert.Equal((1, 1), (spans, metrics));
    }

    private static async Task ErrorAsync(KernelRun run)
    {
        run.Emulator.Script.Strict = true; // no rule: each request fails with a 500
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => run.SendAsync(run.Create(), [], "Hello."));
        if (failure is not HttpOperationException)
        {
            throw new ObservationException("exceptions-of-the-client");
        }
    }

    private static async Task ExpiredAsync(KernelRun run)
    {
        var (kernel, history) = (run.Create(), new ChatHistory());
        await run.SendAsync(kernel, history, "My name is Alice. Remember this.");
        run.Emulator.ExpireResponses();
        RequireAlice(await run.SendAsync(kernel, history, "What's my name?"));
    }

    private static async Task CutWhileReasoningAsync(KernelRun run)
    {
        var (kernel, history) = (run.Create(), new ChatHistory());
        await run.SendAsync(kernel, history, "My name is Alice. Remember this.");
        run.Emulator.Script.Reply(static r => r.Reasoning("Let me see.").Incomplete());
        await run.SendAsync(kernel, history, "What is 101*3?");
        RequireAlice(await run.SendAsync(kernel, history, "What's my name?"));
    }

    private static async Task EditedAsync(KernelRun run)
    {
        var (kernel, history) = (run.Create(), new ChatHistory());
        await run.SendAsync(kernel, history, "My name is Bob. Remember this.");
        await run.SendAsync(kernel, history, "What is 101*3?");
        history[0].Content = "My name is Alice. Remember this.";
        RequireAlice(await run.SendAsync(kernel, history, "What's my name?"));
    }
}
