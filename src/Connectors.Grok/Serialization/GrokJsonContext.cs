using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>The JSON context of the wire: snake_case, without null members, unions by tag.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(CreateResponseRequest))]
[JsonSerializable(typeof(GrokResponse))]
[JsonSerializable(typeof(DeleteResponseResult))]
[JsonSerializable(typeof(ListModelsResult))]
[JsonSerializable(typeof(GrokModel))]
[JsonSerializable(typeof(ListLanguageModelsResult))]
[JsonSerializable(typeof(GrokLanguageModel))]
[JsonSerializable(typeof(CreateCompactionRequest))]
[JsonSerializable(typeof(GrokCompaction))]
[JsonSerializable(typeof(ListInputItemsResult))]
[JsonSerializable(typeof(GrokAccount))]
[JsonSerializable(typeof(TokenizeTextRequest))]
[JsonSerializable(typeof(TokenizeTextResult))]
[JsonSerializable(typeof(GrokFile))]
[JsonSerializable(typeof(ListFilesResult))]
[JsonSerializable(typeof(DeleteFileResult))]
[JsonSerializable(typeof(ResponseEvent))]
// The cases of the unions; Tags maps tags to them.
[JsonSerializable(typeof(MessageItem))]
[JsonSerializable(typeof(ReasoningItem))]
[JsonSerializable(typeof(FunctionCallItem))]
[JsonSerializable(typeof(FunctionCallOutputItem))]
[JsonSerializable(typeof(WebSearchCallItem))]
[JsonSerializable(typeof(CustomToolCallItem))]
[JsonSerializable(typeof(XSearchCallItem))]
[JsonSerializable(typeof(CodeInterpreterCallItem))]
[JsonSerializable(typeof(FileSearchCallItem))]
[JsonSerializable(typeof(McpCallItem))]
[JsonSerializable(typeof(ImageGenerationCallItem))]
[JsonSerializable(typeof(CompactionItem))]
[JsonSerializable(typeof(ToolSearchCallItem))]
[JsonSerializable(typeof(ToolSearchOutputItem))]
[JsonSerializable(typeof(InputTextPart))]
[JsonSerializable(typeof(InputImagePart))]
[JsonSerializable(typeof(InputFilePart))]
[JsonSerializable(typeof(OutputTextPart))]
[JsonSerializable(typeof(RefusalPart))]
[JsonSerializable(typeof(SummaryTextPart))]
[JsonSerializable(typeof(ReasoningTextPart))]
[JsonSerializable(typeof(UrlCitationAnnotation))]
[JsonSerializable(typeof(FunctionTool))]
[JsonSerializable(typeof(WebSearchTool))]
[JsonSerializable(typeof(XSearchTool))]
[JsonSerializable(typeof(CodeInterpreterTool))]
[JsonSerializable(typeof(FileSearchTool))]
[JsonSerializable(typeof(McpTool))]
[JsonSerializable(typeof(ImageGenerationTool))]
[JsonSerializable(typeof(ToolSearchTool))]
[JsonSerializable(typeof(LifecycleEvent))]
[JsonSerializable(typeof(OutputItemEvent))]
[JsonSerializable(typeof(DeltaEvent))]
internal sealed partial class GrokJsonContext : JsonSerializerContext;

/// <summary>The context with the converters of the unions, which <see cref="GrokJsonContext.Default"/> lacks.</summary>
internal static class WireJson
{
    private static readonly GrokJsonContext Exact = new(new JsonSerializerOptions(GrokJsonContext.Default.Options)
    {
        Encoder = FastJson.Encoder,
        Converters =
        {
            Unions.Items,
            Unions.Parts,
            Unions.Annotations,
            new TaggedConverter<ResponseTool>(Tags.Tools),
            Unions.Events,
            new ContentListConverter(),
            new ListConverter<ResponseItem>(),
            new ListConverter<ResponseAnnotation>(),
            new ListConverter<ResponseTool>(),
            new ToolChoiceConverter(),
            new ToolOutputConverter(),
            new LenientLongConverter(),
            new FiniteNumberConverter(),
            new ResponseErrorConverter(),
        },
    });

    // Inside an object that is lenient itself: counters of an unexpected shape must not lose the tokens beside them.
    private static readonly GrokJsonContext Inner = new(new JsonSerializerOptions(Exact.Options)
    {
        Converters = { new LenientObjectConverter<ServerSideToolUsageDetails>(static () => Exact.ServerSideToolUsageDetails) },
    });

    /// <summary>The context without the fast converters, which read and write the same, and leave other forms to it.</summary>
    public static readonly GrokJsonContext Lenient = new(new JsonSerializerOptions(Inner.Options)
    {
        Converters =
        {
            new LenientObjectConverter<ResponseUsage>(static () => Inner.ResponseUsage),
            new LenientObjectConverter<CompactionUsage>(static () => Inner.CompactionUsage),
            new LenientObjectConverter<ModelCapabilities>(static () => Inner.ModelCapabilities),
            new LenientObjectConverter<IncompleteDetails>(static () => Exact.IncompleteDetails),
            new LenientObjectConverter<ReasoningConfig>(static () => Exact.ReasoningConfig),
        },
    });

    public static GrokJsonContext Context { get; } = new(WithFirst(
        Lenient.Options,
        FastJson.Request,
        FastJson.Response,
        FastJson.Reasoning,
        FastJson.Usage,
        FastJson.Lifecycle,
        FastJson.OutputItem,
        FastJson.Message,
        FastJson.OutputText));

    /// <summary>Copies options, with converters that win over theirs.</summary>
    private static JsonSerializerOptions WithFirst(JsonSerializerOptions options, params ReadOnlySpan<JsonConverter> converters)
    {
        options = new(options);
        foreach (var converter in converters)
        {
            options.Converters.Insert(0, converter);
        }

        return options;
    }
}
