using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>The fast converters read and write what the serializer does.</summary>
public class FastConverterTests
{
    private const string Message = """{"type":"message","id":"msg_1","status":"completed","role":"assistant","name":"Ann","content":[{"type":"output_text","text":"Hi"}],"future":{"a":[1,null]},"additional_members":5}""";
    private const string Usage = """{"input_tokens":9,"input_tokens_details":{"cached_tokens":2,"future":1},"output_tokens":"8","output_tokens_details":{"reasoning_tokens":3,"future":2},"total_tokens":17.0,"num_sources_used":4,"num_server_side_tools_used":5,"cost_in_usd_ticks":6,"server_side_tool_usage_details":{"web_search_calls":1},"context_details":{"input_tokens":7},"future":[3]}""";
    private const string Response = $$"""{"id":"resp_1","created_at":1781829888,"completed_at":1781829890.5,"status":"completed","model":"grok-4.7","output":[{{Message}},null],"usage":{{Usage}},"error":{"code":"c","message":"m"},"incomplete_details":{"reason":"r"},"previous_response_id":"resp_0","store":true,"service_tier":"default","reasoning":{"effort":"low","summary":"auto","future":1},"tools":[],"temperature":0.7,"headers":{"a":1},"additional_members":[2]}""";
    private static readonly Dictionary<string, JsonElement> More = new() { ["future"] = JsonDocument.Parse("[1,null]").RootElement };

    /// <summary>Records with every member, and converters that cannot leave anything to the serializer.</summary>
    public static TheoryData<Type, string, JsonConverter> Whole() => new()
    {
        { typeof(GrokResponse), Response, new FastResponseConverter(Never<GrokResponse>) },
        { typeof(ResponseUsage), Usage, new FastUsageConverter(Never<ResponseUsage>) },
        { typeof(InputTokensDetails), """{"cached_tokens":2,"future":1}""", new FastInputTokensConverter(Never<InputTokensDetails>) },
        { typeof(OutputTokensDetails), """{"reasoning_tokens":2,"future":1}""", new FastOutputTokensConverter(Never<OutputTokensDetails>) },
        { typeof(ReasoningConfig), """{"effort":"low","summary":"auto","future":1}""", new FastReasoningConverter(Never<ReasoningConfig>) },
        { typeof(LifecycleEvent), $$"""{"type":"response.completed","sequence_number":7,"response":{{Response}},"future":1}""", new FastLifecycleConverter(Never<LifecycleEvent>) },
        { typeof(OutputItemEvent), $$"""{"type":"response.output_item.done","sequence_number":7,"output_index":2,"item":{{Message}},"future":1}""", new FastOutputItemConverter(Never<OutputItemEvent>) },
        { typeof(MessageItem), Message, new FastMessageConverter(Never<MessageItem>) },
        { typeof(OutputTextPart), """{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation","url":"u"}],"logprobs":[]}""", new FastOutputTextConverter(Never<OutputTextPart>) },
    };

    public static TheoryData<Type, string> OtherForms() => new()
    {
        { typeof(GrokResponse), """{"id":5}""" },
        { typeof(GrokResponse), """{"output":{}}""" },
        { typeof(GrokResponse), """{"store":"yes"}""" },
        { typeof(GrokResponse), """{"usage":{"input_tokens":1,"input_tokens_details":[1]},"reasoning":{"effort":3},"incomplete_details":"x"}""" },
        { typeof(GrokResponse), """{"usage":{"context_details":5}}""" },
        { typeof(GrokResponse), """{"id":"\ud800"}""" },
        { typeof(GrokResponse), """{"id":"a" """ },
        { typeof(GrokResponse), "[]" },
        { typeof(GrokResponse), "null" },
        { typeof(ResponseUsage), """{"output_tokens_details":null,"input_tokens_details":null,"context_details":null}""" },
        { typeof(LifecycleEvent), """{"type":5}""" },
        { typeof(LifecycleEvent), """{"type":"response.created","response":5}""" },
        { typeof(OutputItemEvent), """{"type":"response.output_item.done","output_index":null}""" },
        { typeof(OutputItemEvent), """{"type":"response.output_item.done","output_index":1.5}""" },
        { typeof(OutputItemEvent), """{"type":"response.output_item.done","output_index":"3"}""" },
        { typeof(MessageItem), """{"type":"message","content":"plain"}""" },
        { typeof(MessageItem), """{"type":"message","content":7}""" },
        { typeof(OutputTextPart), """{"type":"output_text","text":["no"]}""" },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Fast_converter_reads_every_member_like_the_serializer(Type record, string json, JsonConverter fast)
    {
        Assert.Empty(WireJson.Lenient.Options.GetTypeInfo(record).Properties.Where(static p => p.Get is not null && !p.IsExtensionData).Select(static p => p.Name).Except(JsonNode.Parse(json)!.AsObject().Select(static m => m.Key)));
        Assert.Equal(Text(Read(record, json, WireJson.Lenient.Options)), Text(Read(record, json, WithFirst(fast))));
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public void Fast_converter_reads_nulls_and_repeated_members_like_the_serializer(Type record, string json, JsonConverter fast)
    {
        var names = JsonNode.Parse(json)!.AsObject().Select(static m => m.Key).Where(static n => n is not ("type" or "output_index")).ToList();
        var nulls = $"{{{string.Join(',', names.Select(static n => $"\"{n}\":null"))}}}";
        Assert.Equal(Text(Read(record, nulls, WireJson.Lenient.Options)), Text(Read(record, nulls, WithFirst(fast))));

        var twice = $"{nulls[..^1]},{json[1..^1]},{json[1..]}";
        Assert.Equal(Text(Read(record, twice, WireJson.Lenient.Options)), Text(Read(record, twice, WithFirst(fast))));
    }

    [Theory]
    [MemberData(nameof(OtherForms))]
    public void Fast_converter_leaves_other_forms_to_the_serializer(Type record, string json)
    {
        var expected = Outcome(record, json, WireJson.Lenient.Options);
        Assert.Equal(expected, Outcome(record, json, WireJson.Context.Options));
    }

    [Fact]
    public void Fast_converter_writes_every_member_of_a_request_like_the_serializer()
    {
        var request = new CreateResponseRequest
        {
            Model = "grok-4.7",
            PreviousResponseId = "resp_0",
            Instructions = "a \"quoted\" <tag> ünd 🙂",
            Input = [new MessageItem { Role = "user", Content = [new InputTextPart("q")] }, null!],
            Store = false,
            Stream = true,
            StreamToolCalls = true,
            Include = ["a", null!],
            MaxOutputTokens = 1,
            MaxTurns = 2,
            Tools = [new FunctionTool { Name = "f" }],
            ToolChoice = new() { Mode = "auto" },
            ParallelToolCalls = false,
            Text = new() { Format = new() { Type = "text" } },
            Reasoning = new() { Effort = "low", Summary = "auto" },
            Temperature = 0.7,
            TopP = 0.95,
            TopK = 3,
            Seed = long.MaxValue,
            User = "u",
            PromptCacheKey = "k",
            ServiceTier = "t",
            MinP = 0.1,
            SafetyIdentifier = "s",
            Guidelines = [new() { Type = "g" }],
            ClientRequestId = "not sent",
        };
        var json = Write(request, new FastRequestConverter(Never<CreateResponseRequest>));
        Assert.Equal(JsonSerializer.Serialize(request, WireJson.Lenient.CreateResponseRequest), json);
        Assert.Equal(
            WireJson.Lenient.CreateResponseRequest.Properties.Where(static p => p.Get is not null && !p.IsExtensionData).Select(static p => p.Name),
            JsonNode.Parse(json)!.AsObject().Select(static m => m.Key));
        Assert.Equal("{}", Write(new(), new FastRequestConverter(Never<CreateResponseRequest>)));
    }

    [Fact]
    public void Fast_converter_leaves_records_with_other_members_to_the_serializer()
    {
        Assert.Equal("""{"model":"m","future":[1,null]}""", JsonSerializer.Serialize(new() { Model = "m", AdditionalMembers = More }, WireJson.Context.CreateResponseRequest));
        Assert.Equal("""{"effort":"low"}""", JsonSerializer.Serialize(new() { Effort = "low" }, WireJson.Context.ReasoningConfig));
        Assert.Equal("m", JsonSerializer.Deserialize("""{"model":"m"}""", WireJson.Context.CreateResponseRequest)!.Model);
    }

    [Fact]
    public void Event_whose_type_is_no_valid_text_is_malformed() =>
        Assert.Throws<JsonException>(() => FastJson.ReadEvent("""{"type":"\ud800"}"""u8));

    private static JsonTypeInfo<T> Never<T>() => throw new NotSupportedException("It was left to the serializer.");

    private static JsonSerializerOptions WithFirst(JsonConverter fast)
    {
        var options = new JsonSerializerOptions(WireJson.Lenient.Options);
        options.Converters.Insert(0, fast);
        return new GrokJsonContext(options).Options;
    }

    private static string Write(CreateResponseRequest request, JsonConverter fast) => JsonSerializer.Serialize(request, WithFirst(fast).GetTypeInfo(typeof(CreateResponseRequest)));

    private static object? Read(Type record, string json, JsonSerializerOptions options) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), options.GetTypeInfo(record));

    private static string Text(object? value) => value is null ? "null" : JsonSerializer.Serialize(value, WireJson.Lenient.Options.GetTypeInfo(value.GetType()));

    private static string Outcome(Type record, string json, JsonSerializerOptions options)
    {
        try
        {
            return Text(Read(record, json, options));
        }
        catch (JsonException)
        {
            return nameof(JsonException);
        }
    }
}
