using System.Diagnostics;
using System.Text.RegularExpressions;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Telemetry;

/// <summary>The spans and metrics of a kernel over Grok: by OpenTelemetry's conventions for generative AI, and the same as of Semantic Kernel's OpenAI connector.</summary>
public sealed partial class TelemetryTests : KernelTest
{
    private const string Question = "What is the weather in Oslo?";
    private const string Source = "Experimental.Microsoft.Extensions.AI";

    /// <summary>Asks a question that needs one function call, over the emulator, and returns the recorded telemetry.</summary>
    private async Task<(IReadOnlyList<Activity> Spans, IReadOnlyList<TelemetryRecorder.Measurement> Measurements)> RecordAsync(Action<IKernelBuilder> register, bool isStreamed, bool fails = false)
    {
        var builder = Kernel.CreateBuilder();
        register(builder);
        if (!fails)
        {
            Emulator.Script.Reply(static r => r.Reasoning("Rain?").Call("My_Weather_get_weather", """{"city":"Oslo"}""")).Reply("Rain in Oslo.");
        }

        builder.Plugins.AddFromObject(new My_Weather());
        var kernel = builder.Build();
        var settings = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        using var recorder = new TelemetryRecorder();
        try
        {
            var answer = isStreamed
                ? string.Concat(await kernel.InvokePromptStreamingAsync<string>(Question, new(settings)).ToListAsync(TestContext.Current.CancellationToken))
                : (await kernel.InvokePromptAsync(Question, new(settings))).ToString();
            Assert.False(fails);
            Assert.Contains("Rain in Oslo", answer, StringComparison.Ordinal);
        }
        catch (Exception e) when (fails && e is not Xunit.Sdk.XunitException)
        {
            Assert.IsType<HttpOperationException>(e);
        }

        return (recorder.Spans, recorder.Measurements);
    }

    private void AddGrok(IKernelBuilder builder) => builder.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress);

    private void AddOpenAI(IKernelBuilder builder) => builder.AddOpenAIChatClient("grok-4.7", Emulator.BaseAddress, "xai-test", httpClient: new HttpClient(new ChatCompletionsHandler(new SocketsHttpHandler(), Emulator.BaseAddress)));

    private static IReadOnlyList<Activity> Chats(IEnumerable<Activity> spans) => [.. spans.Where(static s => s.Source.Name == Source && "chat".Equals(s.GetTagItem("gen_ai.operation.name")))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spans_and_metrics_follow_the_conventions_for_generative_AI(bool isStreamed)
    {
        var (spans, measurements) = await RecordAsync(AddGrok, isStreamed);
        var chats = Chats(spans);
        Assert.Equal(2, chats.Count);
        Assert.All(chats, s => AssertFollows(GenAiConventions.Chat, s, "chat grok-4.7"));
        Assert.All(chats, s => Assert.Equal(
            ("x_ai", "grok-4.7", "127.0.0.1", Emulator.BaseAddress.Port),
            (s.GetTagItem("gen_ai.provider.name"), s.GetTagItem("gen_ai.request.model"), s.GetTagItem("server.address"), (int)s.GetTagItem("server.port")!)));
        Assert.Equal(["[\"tool_calls\"]", "[\"stop\"]"], chats.Select(static s => s.GetTagItem("gen_ai.response.finish_reasons")));
        Assert.All(chats, static s => Assert.True((int)s.GetTagItem("gen_ai.usage.input_tokens")! > 0));
        var tool = Assert.Single(spans, static s => s.Source.Name == Source && "execute_tool".Equals(s.GetTagItem("gen_ai.operation.name")));
        AssertFollows(GenAiConventions.ExecuteTool, tool, "execute_tool My_Weather_get_weather");

        var metrics = measurements.Where(static m => m.Meter == Source).ToList();
        Assert.Equal(4, metrics.Count(static m => m.Name == "gen_ai.client.token.usage"));
        Assert.Equal(["input", "output"], metrics.Where(static m => m.Name == "gen_ai.client.token.usage").Select(static m => (string)m["gen_ai.token.type"]!).Distinct());
        Assert.Equal(2, metrics.Count(static m => m.Name == "gen_ai.client.operation.duration"));
        Assert.All(metrics, static m =>
        {
            Assert.True(GenAiConventions.Metrics.TryGetValue(m.Name, out var convention), m.Name);
            Assert.Equal((convention.Unit, "Histogram"), (m.Unit, m.Kind));
            Assert.Empty(convention.Expected.Except(m.Attributes));
            Assert.Empty(m.Attributes.Except([.. convention.Expected, .. convention.Others]));
        });
    }

    private static void AssertFollows(GenAiConventions.SpanConvention convention, Activity span, string name)
    {
        Assert.Equal((name, convention.Kind), (span.DisplayName, span.Kind));
        Assert.Empty(convention.Expected.Except(TelemetryRecorder.Attributes(span)));
        Assert.Empty(TelemetryRecorder.Attributes(span).Except(convention.Known));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spans_and_metrics_equal_those_of_the_OpenAI_connector(bool isStreamed)
    {
        var grok = await RecordAsync(AddGrok, isStreamed);
        var openAI = await RecordAsync(AddOpenAI, isStreamed);
        Assert.Equal(Shapes(openAI.Spans), Shapes(grok.Spans.Where(static s => s.Source.Name != GrokTelemetry.ActivitySourceName)));
        Assert.Equal(
            openAI.Measurements.Where(static m => m.Meter == Source).Select(Describe).ToHashSet(StringComparer.Ordinal),
            grok.Measurements.Where(static m => m.Meter == Source).Select(Describe).ToHashSet(StringComparer.Ordinal));

        // The client adds a span of its own to each request. Its names are different, so nothing is counted twice.
        Assert.Equal(2, grok.Spans.Count(static s => s.Source.Name == GrokTelemetry.ActivitySourceName));

        // Semantic Kernel gives each prompt function a random name.
        static IEnumerable<string> Shapes(IEnumerable<Activity> spans) => spans.Select(static s => $"{s.Source.Name}: {PromptNumber().Replace(s.DisplayName, "")} ({s.Kind}) {Names(TelemetryRecorder.Attributes(s))}");
    }

    private static string Describe(TelemetryRecorder.Measurement m) => $"{m.Name} {m.Unit} {m.Kind} {Names(m.Attributes)}";

    // Attributes such as openai.api.type belong to that provider.
    private static string Names(IEnumerable<string> attributes) => string.Join(' ', attributes.Where(static a => !a.StartsWith("openai.", StringComparison.Ordinal)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Span_of_a_failed_call_has_the_error(bool isStreamed)
    {
        Emulator.Script.Strict = true; // no rule: each request fails with a 500
        var (spans, measurements) = await RecordAsync(AddGrok, isStreamed, fails: true);
        var span = Assert.Single(Chats(spans));
        Assert.Equal((typeof(GrokException).FullName, ActivityStatusCode.Error), (span.GetTagItem("error.type"), span.Status));
        Assert.Equal(typeof(GrokException).FullName, Assert.Single(measurements, static m => m.Name == "gen_ai.client.operation.duration")["error.type"]);
    }

    public static TheoryData<string, int> Registrations => new()
    {
        { "model", 2 }, { "model and HttpClient", 2 }, { "client", 2 }, { "options", 2 }, { "builder", 2 }, { "service over a client", 2 },
        { "client with its own telemetry", 2 }, { "builder with its own telemetry", 2 }, { "core only, without telemetry", 0 },
    };

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task Every_registration_emits_one_chat_span_for_each_request(string kind, int expected)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        var (spans, measurements) = await RecordAsync(builder => Register(builder, kind, http), isStreamed: false);
        Assert.Equal(expected, Chats(spans).Count);
        Assert.Equal(expected, measurements.Count(static m => m.Name == "gen_ai.client.operation.duration"));
        Assert.Equal(2, spans.Count(static s => s.Source.Name == GrokTelemetry.ActivitySourceName));
    }

    private void Register(IKernelBuilder builder, string kind, HttpClient http)
    {
        switch (kind)
        {
            case "model":
                AddGrok(builder);
                break;
            case "model and HttpClient":
                builder.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress, httpClient: http);
                break;
            case "client":
                builder.AddGrokChatCompletion(Client(), "grok-4.7");
                break;
            case "options":
                builder.AddGrokChatCompletion(Set);
                break;
            case "builder":
                builder.Services.AddGrokChatClient(Set).ForSemanticKernel().AddChatCompletionService();
                break;
            case "service over a client":
                builder.Services.AddSingleton<IChatCompletionService>(new GrokChatCompletionService(Client()));
                break;
            case "client with its own telemetry":
                builder.AddGrokChatCompletion(Client().AsBuilder().UseOpenTelemetry().Build());
                break;
            case "builder with its own telemetry":
                builder.Services.AddGrokChatClient(Set).ForSemanticKernel().Use(static client => client.AsBuilder().UseOpenTelemetry().Build()).AddChatCompletionService();
                break;
            default:
                builder.Services.AddSingleton(services => Client().AsHistoryTrackingClient().AsBuilder().UseKernelFunctionInvocation().Build(services));
                break;
        }

        void Set(GrokChatClientOptions options) => (options.Model, options.ApiKey, options.Endpoint) = ("grok-4.7", "xai-test", Emulator.BaseAddress);
    }

    [Fact]
    public async Task Registration_sets_the_source_and_the_settings_of_the_telemetry()
    {
        var source = Guid.NewGuid().ToString();
        var (spans, measurements) = await RecordAsync(
            b => b.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress, openTelemetrySourceName: source, openTelemetryConfig: static t => t.EnableSensitiveData = true), isStreamed: false);
        Assert.Empty(Chats(spans));
        var chats = spans.Where(s => s.Source.Name == source && "chat".Equals(s.GetTagItem("gen_ai.operation.name"))).ToList();
        Assert.Equal(2, chats.Count);
        Assert.All(chats, static s => Assert.Contains(Question, (string)s.GetTagItem("gen_ai.input.messages")!, StringComparison.Ordinal));
        Assert.Contains(measurements, m => m.Meter == source && m.Name == "gen_ai.client.token.usage");

        // Without that setting, no span holds a question, an answer or the result of a function.
        var (without, _) = await RecordAsync(AddGrok, isStreamed: false);
        Assert.DoesNotContain(without.SelectMany(static s => s.TagObjects), static t => t.Value?.ToString()!.Contains("Oslo", StringComparison.Ordinal) == true);
    }

    [GeneratedRegex("(?<=InvokePrompt[A-Za-z]*_)[0-9a-f]+", RegexOptions.None, 1000)]
    private static partial Regex PromptNumber();
}
