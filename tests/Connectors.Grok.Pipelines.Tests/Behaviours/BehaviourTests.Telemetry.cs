using System.Text.RegularExpressions;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>The logging and telemetry layers of Microsoft.Extensions.AI above the client.</content>
public abstract partial class BehaviourTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Question_and_answer_are_logged(bool isStreamed)
    {
        Answer("biggest animal", "The blue whale.");
        using var log = new ListLogger();
        using var client = Create().AsBuilder().UseLogging(log).Build();
        await AskAsync(client, isStreamed, "What's the biggest animal?");
        Assert.Contains("What's the biggest animal?", log.Lines[0], StringComparison.Ordinal);
        Assert.Contains(log.Lines.Skip(1), static l => l.Contains("whale", StringComparison.Ordinal));
        Assert.True(isStreamed || log.Lines.Count == 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_calls_and_results_are_logged(bool isStreamed)
    {
        Answer("secret number", static r => r.Call("GetSecretNumber"));
        AnswerResult("42", "The secret number is 42.");
        using var log = new ListLogger();
        using var client = Create().AsBuilder().UseFunctionInvocation().UseLogging(log).Build();
        await AskAsync(client, isStreamed, "What is the current secret number?", new() { Tools = [AIFunctionFactory.Create(static () => 42, "GetSecretNumber")] });

        // Logging is the inner layer: it sees the two requests and the two answers of the loop, in this order.
        var expected = new[] { "What is the current secret number\\?", "\"name\": \"GetSecretNumber\"", "\"result\": 42", isStreamed ? "number" : "The secret number is 42\\." };
        var found = expected.Select(e => log.Lines.FindIndex(l => Regex.IsMatch(l, e, RegexOptions.None, TimeSpan.FromSeconds(1)))).ToList();
        Assert.Equal(0, found[0]);
        Assert.All(found.Take(3).Zip(found.Skip(1).Take(2)), static pair => Assert.True(pair.First < pair.Second));
        Assert.NotEqual(-1, found[3]);
        Assert.True(isStreamed || log.Lines.Count == 4, string.Join('\n', log.Lines));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Span_describes_the_call(bool isStreamed)
    {
        Answer("biggest animal", static r => r.Text("The blue whale.").Usage(12, 7));
        using var recorder = new SpanRecorder();
        using var client = Create().AsBuilder().UseOpenTelemetry(sourceName: recorder.Source).Build();
        var response = await AskAsync(client, isStreamed, "What's the biggest animal?");
        var span = Assert.Single(recorder.Spans);
        Assert.StartsWith("chat", span.DisplayName, StringComparison.Ordinal);
        Assert.Equal(
            ("127.0.0.1", Emulator.BaseAddress.Port, response.ResponseId, response.ModelId),
            (span.GetTagItem("server.address"), (int)span.GetTagItem("server.port")!, span.GetTagItem("gen_ai.response.id"), span.GetTagItem("gen_ai.response.model")));
        Assert.Equal((12, 7), (SpanRecorder.Tokens(span, "input"), SpanRecorder.Tokens(span, "output")));
        Assert.Equal(client.GetService<ChatClientMetadata>()!.ProviderName, span.GetTagItem("gen_ai.provider.name"));
        Assert.True(span.Duration > TimeSpan.Zero);
        Assert.NotEmpty(span.Id!);
    }
}
