using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>The fast writer writes the same bytes as the serializer, or nothing.</summary>
public class FastItemWriterTests
{
    private static readonly Dictionary<string, JsonElement> More = new() { ["future"] = JsonDocument.Parse("[1,null]").RootElement };
    private static readonly ResponsePart[] Parts =
    [
        new InputTextPart("a \"quoted\" <tag> ünd 🙂 \u0001"),
        new InputTextPart(new string('é', 20_000)),
        new InputTextPart(null),
        new OutputTextPart { Text = "said" },
        new OutputTextPart(),
        new InputImagePart { ImageUrl = "data:image/png;base64,iVBO+/8=", Detail = "low" },
        new InputImagePart { ImageUrl = "https://example.org/a?b=c&d" },
        new InputImagePart { Detail = "high" },
        new InputImagePart { Inline = new("image/png", new byte[50_000]), Detail = "auto" },
        new InputImagePart { Inline = new("image/png", new byte[3]) } with { ImageUrl = "https://example.org/other.png" },
    ];

    public static TheoryData<TaggedObject> Plain() =>
    [
        .. Parts,
        new MessageItem { Role = "user", Name = "Ann", Content = [.. Parts, new RefusalPart { Refusal = "No." }, null!], Id = "msg_1", Status = "completed" },
        new MessageItem { Content = [new InputTextPart("more than its text") { AdditionalMembers = More }] },
        new MessageItem { Role = "assistant", Content = [] },
        new FunctionCallItem { Id = "fc_1", CallId = "call_1", Name = "f", Arguments = """{"a":"b"}""", Status = "completed" },
        new FunctionCallItem(),
        new FunctionCallOutputItem { Id = "fo_1", CallId = "call_1", Output = new("""["x"]"""), Status = "incomplete" },
        new FunctionCallOutputItem { Output = new("") },
    ];

    public static TheoryData<TaggedObject> Other() =>
    [
        new InputTextPart("t") { AdditionalMembers = More },
        new MessageItem { Role = "user", Content = [], AdditionalMembers = More },
        new MessageItem { Role = "user" },
        new OutputTextPart { Text = "cited", Annotations = [] },
        new FunctionCallOutputItem { CallId = "c" },
        new FunctionCallOutputItem { CallId = "c", Output = new(null, [new InputTextPart("part")]) },
        new FunctionCallOutputItem { CallId = "c", Output = new(null) },
        new ReasoningItem { Summary = [] },
        new UnknownPart("x", JsonDocument.Parse("{}").RootElement),
        new FunctionTool { Name = "f" },
    ];

    [Theory]
    [MemberData(nameof(Plain))]
    public void Fast_writer_writes_plain_items_like_the_serializer(TaggedObject value)
    {
        var (isWritten, json) = Write(value);
        Assert.True(isWritten);
        Assert.Equal(JsonSerializer.Serialize(value, WireJson.Lenient.Options.GetTypeInfo(value.GetType())), json);
        // Serializing a request uses the same path.
        Assert.Equal(json, value is ResponsePart part ? JsonSerializer.Serialize(part, WireJson.Context.ResponsePart) : JsonSerializer.Serialize((ResponseItem)value, WireJson.Context.ResponseItem));
    }

    [Theory]
    [MemberData(nameof(Other))]
    public void Fast_writer_writes_nothing_for_other_items(TaggedObject value) => Assert.Equal((false, ""), Write(value));

    /// <summary>The writer lists members by hand: a member added to a record later must be covered.</summary>
    [Theory]
    [InlineData(typeof(InputTextPart))]
    [InlineData(typeof(OutputTextPart), "annotations")]
    [InlineData(typeof(InputImagePart))]
    [InlineData(typeof(MessageItem))]
    [InlineData(typeof(FunctionCallItem))]
    [InlineData(typeof(FunctionCallOutputItem))]
    public void Fast_writer_covers_every_member_of_a_record(Type record, params string[] leftToTheSerializer)
    {
        var members = WireJson.Lenient.Options.GetTypeInfo(record).Properties.Where(static p => p.Get is not null && !p.IsExtensionData).Select(static p => p.Name);
        var written = Plain().Select(static row => row.Data).Where(v => v.GetType() == record).SelectMany(static v => JsonNode.Parse(Write(v).Json)!.AsObject().Select(static m => m.Key));
        Assert.Equal(members.Except(leftToTheSerializer).Order(), written.Distinct().Order());
    }

    private static (bool IsWritten, string Json) Write(TaggedObject value)
    {
        using var buffer = new MemoryStream();
        bool isWritten;
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Context.Options.Encoder }))
        {
            isWritten = FastItemWriter.TryWrite(writer, value);
        }

        return (isWritten, Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
