using System.Text.Encodings.Web;
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
        // Base64 and non-Latin text are not escaped: the JSON is shorter, and blobs stay comparable byte by byte.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new TaggedConverter<ResponseItem>(Tags.Items),
            new TaggedConverter<ResponsePart>(Tags.Parts),
            new TaggedConverter<ResponseAnnotation>(Tags.Annotations),
            new TaggedConverter<ResponseTool>(Tags.Tools),
            new TaggedConverter<ResponseEvent>(Tags.Events),
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
        Converters = { new LenientObjectConverter<ServerSideToolUsageDetails>(Exact.ServerSideToolUsageDetails) },
    });

    public static GrokJsonContext Context { get; } = new(new JsonSerializerOptions(Inner.Options)
    {
        Converters =
        {
            new LenientObjectConverter<ResponseUsage>(Inner.ResponseUsage),
            new LenientObjectConverter<CompactionUsage>(Inner.CompactionUsage),
            new LenientObjectConverter<ModelCapabilities>(Inner.ModelCapabilities),
            new LenientObjectConverter<IncompleteDetails>(Exact.IncompleteDetails),
            new LenientObjectConverter<ReasoningConfig>(Exact.ReasoningConfig),
        },
    });
}
