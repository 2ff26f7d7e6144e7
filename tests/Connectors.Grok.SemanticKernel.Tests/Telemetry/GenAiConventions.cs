using System.Diagnostics;

namespace Connectors.Grok.SemanticKernel.Tests.Telemetry;

/// <summary>
/// What OpenTelemetry's semantic conventions for generative AI say about the spans and metrics of a client: the pages "Spans" and "Metrics" of
/// https://opentelemetry.io/docs/specs/semconv/gen-ai/, with the attributes of the later versions 1.38 to 1.41.
/// </summary>
internal static class GenAiConventions
{
    /// <summary>The attributes of an inference span, <c>chat {model}</c>, of the kind client.</summary>
    public static readonly SpanConvention Chat = new(
        ActivityKind.Client,
        Required: ["gen_ai.operation.name", "gen_ai.provider.name"],
        // Required here, because the calls of the tests have them: a model, an address and therefore a port.
        WhenAvailable: ["gen_ai.request.model", "server.address", "server.port"],
        Recommended: ["gen_ai.response.finish_reasons", "gen_ai.response.id", "gen_ai.response.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"],
        Others:
        [
            "error.type", "gen_ai.conversation.id", "gen_ai.output.type", "gen_ai.request.choice.count", "gen_ai.request.seed", "gen_ai.request.stream", "gen_ai.request.frequency_penalty",
            "gen_ai.request.max_tokens", "gen_ai.request.presence_penalty", "gen_ai.request.stop_sequences", "gen_ai.request.temperature", "gen_ai.request.top_k", "gen_ai.request.top_p",
            // Opt-in by the conventions; Microsoft.Extensions.AI always sets it, to the names of the functions unless EnableSensitiveData is on.
            "gen_ai.tool.definitions",
            "gen_ai.request.reasoning.level", "gen_ai.response.time_to_first_chunk", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.reasoning.output_tokens",
        ],
        // Opt-in: only with EnableSensitiveData.
        Sensitive: ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"]);

    /// <summary>The attributes of a span <c>execute_tool {function}</c>, of the kind internal.</summary>
    public static readonly SpanConvention ExecuteTool = new(
        ActivityKind.Internal,
        Required: ["gen_ai.operation.name"],
        WhenAvailable: ["gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.type"],
        Recommended: ["gen_ai.tool.description"],
        Others: ["error.type"],
        Sensitive: ["gen_ai.tool.call.arguments", "gen_ai.tool.call.result"]);

    /// <summary>The metrics of a client, all of them histograms.</summary>
    public static readonly IReadOnlyDictionary<string, MetricConvention> Metrics = new Dictionary<string, MetricConvention>(StringComparer.Ordinal)
    {
        ["gen_ai.client.token.usage"] = new("{token}", ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.token.type", "gen_ai.request.model", "server.address", "server.port"], ["gen_ai.response.model"]),
        ["gen_ai.client.operation.duration"] = new("s", ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "server.address", "server.port"], ["gen_ai.response.model", "error.type"]),
        ["gen_ai.client.operation.time_to_first_chunk"] = new("s", ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "server.address", "server.port"], ["gen_ai.response.model"]),
        ["gen_ai.client.operation.time_per_output_chunk"] = new("s", ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "server.address", "server.port"], ["gen_ai.response.model"]),
    };

    internal sealed record SpanConvention(ActivityKind Kind, string[] Required, string[] WhenAvailable, string[] Recommended, string[] Others, string[] Sensitive)
    {
        public IEnumerable<string> Expected => [.. Required, .. WhenAvailable, .. Recommended];

        public IEnumerable<string> Known => [.. Expected, .. Others];
    }

    internal sealed record MetricConvention(string Unit, string[] Expected, string[] Others);
}
