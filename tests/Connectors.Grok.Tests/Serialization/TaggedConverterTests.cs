using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

public class TaggedConverterTests
{
    [Theory]
    [InlineData("""{"id":"msg_1","role":"assistant","status":"completed","content":[{"text":"Hi","annotations":[{"type":"url_citation","url":"u","x":1}],"type":"output_text","logprobs":[]}],"type":"message"}""", typeof(MessageItem))]
    [InlineData("""{"id":"rs_1","summary":[{"text":"S","type":"summary_text"}],"type":"reasoning","encrypted_content":"a+/b","future":{"a":[1,null]}}""", typeof(ReasoningItem))]
    [InlineData("""{"call_id":"c","name":"f","arguments":"{}","type":"function_call"}""", typeof(FunctionCallItem))]
    [InlineData("""{"call_id":"c","output":"text","type":"function_call_output"}""", typeof(FunctionCallOutputItem))]
    [InlineData("""{"call_id":"c","output":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"u","detail":"low"}],"type":"function_call_output"}""", typeof(FunctionCallOutputItem))]
    [InlineData("""{"id":"ws_1","action":{"type":"search","query":"q"},"type":"web_search_call","status":"completed"}""", typeof(WebSearchCallItem))]
    [InlineData("""{"a":{"type":"message"},"type":"hologram","b":null}""", typeof(UnknownItem))]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"hologram","x":[{}]},{"type":"refusal","refusal":"No."}]}""", typeof(MessageItem))]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_file","file_id":"file_1"}]}""", typeof(MessageItem))]
    [InlineData("""{"type":"reasoning","summary":{"not":"a list"}}""", typeof(UnknownItem))]
    [InlineData("""{"id":"fs_1","type":"file_search_call","results":[{"file_id":"f","score":0.5}]}""", typeof(FileSearchCallItem))]
    [InlineData("""{"id":"fs_1","type":"file_search_call","results":[{"file_id":"f","score":1.5e999}]}""", typeof(UnknownItem))]
    [InlineData("""{"id":"fs_1","type":"file_search_call","results":[{"file_id":"f","score":"high"}]}""", typeof(UnknownItem))]
    [InlineData("""{"id":"cmp_1","type":"compaction","encrypted_content":"a+/b"}""", typeof(CompactionItem))]
    [InlineData("""{"type":7}""", typeof(UnknownItem))]
    [InlineData("""[1,2]""", typeof(UnknownItem))]
    public void Item_survives_a_JSON_round_trip(string json, Type type)
    {
        var item = JsonSerializer.Deserialize(json, WireJson.Context.ResponseItem)!;
        Assert.IsType(type, item);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(JsonSerializer.Serialize(item, WireJson.Context.ResponseItem))));
    }

    [Theory]
    [InlineData("7", "")]
    [InlineData("""{"type":7}""", "")]
    [InlineData("""{"type":"hologram"}""", "hologram")]
    public void Unknown_item_has_its_type_or_none(string json, string type) => Assert.Equal(type, JsonSerializer.Deserialize(json, WireJson.Context.ResponseItem)!.Type);

    [Fact]
    public void File_of_a_message_is_read() =>
        Assert.Equal("file_1", Assert.IsType<InputFilePart>(JsonSerializer.Deserialize("""{"type":"input_file","file_id":"file_1"}""", WireJson.Context.ResponsePart)).FileId);

    [Fact]
    public void Message_without_a_type_and_with_plain_text_is_read()
    {
        var item = Assert.IsType<MessageItem>(JsonSerializer.Deserialize("""{"role":"user","content":"hi"}""", WireJson.Context.ResponseItem));
        Assert.Equal("hi", Assert.IsType<InputTextPart>(Assert.Single(item.Content!)).Text);
    }

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("""{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[]}""")]
    public void Tool_choice_survives_a_JSON_round_trip(string choice)
    {
        var request = JsonSerializer.Deserialize($$"""{"tool_choice":{{choice}}}""", WireJson.Context.CreateResponseRequest)!;
        Assert.Equal($$"""{"tool_choice":{{choice}}}""", JsonSerializer.Serialize(request, WireJson.Context.CreateResponseRequest));
    }

    [Theory]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}""", typeof(FunctionTool))]
    [InlineData("""{"type":"web_search","allowed_domains":["x.ai"],"user_location":{"country":"US"}}""", typeof(WebSearchTool))]
    [InlineData("""{"type":"tool_search","execution":"server","depth":2}""", typeof(ToolSearchTool))]
    [InlineData("""{"type":"x_search","depth":2}""", typeof(XSearchTool))]
    [InlineData("""{"type":"code_interpreter","depth":2}""", typeof(CodeInterpreterTool))]
    [InlineData("""{"type":"file_search","depth":2}""", typeof(FileSearchTool))]
    [InlineData("""{"type":"image_generation","depth":2}""", typeof(ImageGenerationTool))]
    [InlineData("""{"type":"hologram","depth":2}""", typeof(UnknownTool))]
    [InlineData("""{"type":"mcp","server_url":"https://x.ai/","server_label":"s","defer_loading":true}""", typeof(McpTool))]
    public void Tool_survives_a_JSON_round_trip(string json, Type type)
    {
        var request = JsonSerializer.Deserialize($$"""{"tools":[{{json}}]}""", WireJson.Context.CreateResponseRequest)!;
        Assert.IsType(type, request.Tools![0]);
        Assert.Equal($$"""{"tools":[{{json}}]}""", JsonSerializer.Serialize(request, WireJson.Context.CreateResponseRequest));
    }

    [Fact]
    public void Nested_tool_choice_function_is_read() =>
        Assert.Equal("f", JsonSerializer.Deserialize("""{"tool_choice":{"type":"function","function":{"name":"f"}}}""", WireJson.Context.CreateResponseRequest)!.ToolChoice!.FunctionName);

    [Fact]
    public void Additional_members_are_kept_and_sent()
    {
        var request = new CreateResponseRequest { Model = "m", AdditionalMembers = new Dictionary<string, JsonElement> { ["future"] = JsonDocument.Parse("0.1").RootElement } };
        Assert.Equal("""{"model":"m","future":0.1}""", JsonSerializer.Serialize(request, WireJson.Context.CreateResponseRequest));
        var back = JsonSerializer.Deserialize("""{"model":"m","future":0.1}""", WireJson.Context.CreateResponseRequest)!;
        Assert.Equal(0.1, back.AdditionalMembers!["future"].GetDouble());
    }

    [Fact]
    public void Response_of_2025_with_numbers_as_text_is_read()
    {
        var old = JsonSerializer.Deserialize(
            """{"created_at":"1781829888","id":"x_us-east-1","metadata":{},"model":"grok-4","object":"response","output":[],"status":"completed","tools":[{"type":"x_search"}],"usage":{"input_tokens":1,"output_tokens":2}}""",
            WireJson.Context.GrokResponse)!;
        Assert.Equal((1781829888, "x_us-east-1", 2), (old.CreatedAt, old.Id, old.Usage!.OutputTokens));
        Assert.Contains("tools", old.AdditionalMembers!.Keys);
    }

    [Theory]
    [InlineData("""{"code":"c","message":"m"}""")]
    [InlineData("""{"code":"c","message":"m","type":"t","param":null}""")]
    public void Response_error_survives_a_JSON_round_trip(string error)
    {
        var response = JsonSerializer.Deserialize($$"""{"id":"r","error":{{error}}}""", WireJson.Context.GrokResponse)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(error), JsonNode.Parse(JsonSerializer.Serialize(response, WireJson.Context.GrokResponse))!["error"]));
    }

    [Fact]
    public void Null_items_and_parts_are_dropped()
    {
        var response = JsonSerializer.Deserialize("""{"output":[null,{"type":"message","content":[null,{"type":"output_text","text":"Hi"},null]},null]}""", WireJson.Context.GrokResponse)!;
        Assert.Equal("Hi", Assert.IsType<OutputTextPart>(Assert.Single(Assert.IsType<MessageItem>(Assert.Single(response.Output!)).Content!)).Text);
    }

    [Fact]
    public void File_search_score_may_be_text() => Assert.Equal(
        0.5, ((FileSearchCallItem)JsonSerializer.Deserialize("""{"type":"file_search_call","results":[{"score":"0.5"}]}""", WireJson.Context.ResponseItem)!).Results![0].Score);

    [Fact]
    public void Record_derived_outside_the_library_cannot_be_sent() =>
        Assert.StartsWith("A Foreign cannot be sent", Assert.Throws<NotSupportedException>(static () => JsonSerializer.Serialize(new Foreign(), WireJson.Context.ResponseItem)).Message, StringComparison.Ordinal);

    public static TheoryData<TaggedObject, string> Impossible => new()
    {
        { new UnknownItem("hologram", default), "A UnknownItem of the type 'hologram' cannot be sent: its Json is a default JsonElement. (Parameter 'value')" },
        { new UnknownItem("hologram", JsonElement.Parse("{}")) { AdditionalMembers = Members }, "A UnknownItem of the type 'hologram' cannot be sent: its Json goes out as it is, without the AdditionalMembers beside it. (Parameter 'value')" },
        { new MessageItem { Content = [new UnknownPart("scent", default)] }, "A UnknownPart of the type 'scent' cannot be sent: its Json is a default JsonElement. (Parameter 'value')" },
        { new FunctionCallOutputItem { CallId = "c", Output = new("a", [new InputTextPart("b")]) }, "A ToolOutput has a text or parts; this one has both. (Parameter 'value')" },
    };

    private static Dictionary<string, JsonElement> Members => new(StringComparer.Ordinal) { ["x"] = JsonElement.Parse("1") };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Item_that_cannot_be_serialized_throws_with_the_reason(TaggedObject item, string words) =>
        Assert.Equal(words, Assert.Throws<ArgumentException>(() => JsonSerializer.Serialize((ResponseItem)item, WireJson.Context.ResponseItem)).Message);

    [Fact]
    public void Additional_member_without_JSON_throws_when_it_is_set() =>
        Assert.Equal("AdditionalMembers[x]", Assert.Throws<ArgumentException>(static () => new CreateResponseRequest { AdditionalMembers = new Dictionary<string, JsonElement> { ["x"] = default } }).ParamName);

    [Fact]
    public void Every_union_case_has_a_tag()
    {
        AllTagged(Tags.Items);
        AllTagged(Tags.Parts);
        AllTagged(Tags.Annotations);
        AllTagged(Tags.Tools);
        AllTagged(Tags.Events);

        static void AllTagged<T>(TagTable<T> table)
            where T : class
        {
            var cases = typeof(T).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract && !t.Name.StartsWith("Unknown", StringComparison.Ordinal) && t != typeof(ErrorEvent));
            Assert.Equal(cases.Order(Comparer<Type>.Create(static (a, b) => string.CompareOrdinal(a.Name, b.Name))), table.Known.Select(static k => k.Record).Distinct().OrderBy(static t => t.Name, StringComparer.Ordinal));
            Assert.All(table.Known, static k => Assert.NotNull(WireJson.Context.GetTypeInfo(k.Record)));
        }
    }

    private sealed record Foreign : ResponseItem
    {
        public override string Type => "foreign";
    }
}
