using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>Values of another form than described, each converter alone.</summary>
public class OddValueTests
{
    [Theory]
    [InlineData("\"boom\"", null, "boom")]
    [InlineData("7", null, "7")]
    [InlineData("""{"code":"a","code":"b","message":"x","message":"y"}""", "b", "y")]
    [InlineData("""{"message":"x"}""", null, "x")]
    [InlineData("""{"code":null}""", null, null)]
    public void Error_of_a_response_has_code_and_message(string json, string? code, string? message)
    {
        var error = JsonSerializer.Deserialize($$"""{"error":{{json}}}""", WireJson.Context.GrokResponse)!.Error!;
        Assert.Equal((code, message), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("""{"type":"error","message":"x"}""", true)]
    [InlineData("""{"error":{"message":"x"}}""", true)]
    [InlineData("""{"type":"response.future","error":{"message":"x"}}""", false)]
    [InlineData("""{"message":"x"}""", false)]
    [InlineData("[]", false)]
    public void Error_event_is_told_from_an_unknown_one(string json, bool isError) =>
        Assert.Equal(isError ? typeof(ErrorEvent) : typeof(UnknownEvent), FastJson.ReadEvent(Encoding.UTF8.GetBytes(json))!.GetType());

    [Theory]
    [InlineData("""{"type":"response.future","sequence_number":7}""", 7L)]
    [InlineData("""{"type":"response.future","sequence_number":"7"}""", null)]
    [InlineData("""{"type":"response.future","sequence_number":7.5}""", null)]
    [InlineData("""{"type":"response.future"}""", null)]
    public void Unknown_event_has_its_number(string json, long? number) => Assert.Equal(number, JsonSerializer.Deserialize(json, WireJson.Context.ResponseEvent)!.SequenceNumber);

    [Fact]
    public void Event_may_be_null_but_nothing_follows_it()
    {
        Assert.Null(FastJson.ReadEvent("null"u8));
        Assert.ThrowsAny<JsonException>(static () => FastJson.ReadEvent("null null"u8));
        Assert.ThrowsAny<JsonException>(static () => FastJson.ReadEvent("""{"type":"error"} {}"""u8));
    }

    [Theory]
    [InlineData("""{"type":"function","name":"f"}""", "f")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", "f")]
    [InlineData("""{"type":"function","function":"x","name":"f"}""", "f")]
    [InlineData("""{"type":"function","name":7}""", null)]
    [InlineData("""{"type":"function"}""", null)]
    [InlineData("""{"type":"allowed_tools","name":"f"}""", null)]
    public void Tool_choice_names_a_function_or_is_kept(string json, string? name)
    {
        var choice = JsonSerializer.Deserialize($$"""{"tool_choice":{{json}}}""", WireJson.Context.CreateResponseRequest)!.ToolChoice!;
        Assert.Equal((name, name is null ? json : null), (choice.FunctionName, choice.Json?.GetRawText()));
    }

    [Theory]
    [InlineData("7", 7L)]
    [InlineData("7.9", 7L)]
    [InlineData("1e3", 1000L)]
    [InlineData("\"7\"", 7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1e300", null)]
    [InlineData("\"x\"", null)]
    [InlineData("{}", null)]
    public void Whole_number_is_read_where_there_is_one(string json, long? number)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.Equal(number, LenientLongConverter.Read(ref reader));
    }

    [Fact]
    public void Output_without_a_text_and_parts_is_empty() =>
        Assert.Contains("\"output\":\"\"", JsonSerializer.Serialize(new FunctionCallOutputItem { CallId = "c", Output = new(null) }, WireJson.Context.FunctionCallOutputItem), StringComparison.Ordinal);

    [Fact]
    public void Text_of_an_item_or_a_part_is_read_where_it_is_JSON()
    {
        Assert.Equal("m", Assert.IsType<MessageItem>(WireText.ToItem("""{"type":"message","id":"m"}""")).Id);
        Assert.Equal("t", Assert.IsType<OutputTextPart>(WireText.ToPart("""{"type":"output_text","text":"t"}""")).Text);
        Assert.Null(WireText.ToItem("{"));
        Assert.Null(WireText.ToPart("no JSON"));
    }
}
