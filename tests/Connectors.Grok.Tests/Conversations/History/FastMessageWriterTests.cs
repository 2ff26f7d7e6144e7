using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>Plain messages are written without Microsoft.Extensions.AI's serializer, and nobody can tell.</summary>
public class FastMessageWriterTests
{
    private static readonly DateTimeOffset Then = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)).AddTicks(9);

    public static TheoryData<string, ChatMessage> Messages => new()
    {
        { "text", new(ChatRole.User, "And \"then\"? <é \u2028 😀>\u0001") },
        { "no content", new(ChatRole.User, (string?)null) },
        { "empty text", new(ChatRole.User, [new TextContent(null)]) },
        { "half a letter", new(ChatRole.User, "a\uD83D") },
        { "a role of another's", new(new ChatRole("crit\"ic"), "No.") },
        { "all members", new(ChatRole.Assistant, [new TextContent(" a\n")]) { AuthorName = "Ann", CreatedAt = Then, MessageId = "id", AdditionalProperties = new() { ["q"] = "z", ["q\""] = "" } } },
        { "thoughts", new(ChatRole.Assistant, [new TextReasoningContent(" hm\n") { ProtectedData = "+/=" }, new TextReasoningContent(null), new TextContent("a")]) },
        { "properties of text", new(ChatRole.Assistant, [new TextContent("a") { AdditionalProperties = new() { ["x"] = "y" } }, new TextReasoningContent("b") { AdditionalProperties = [] }]) },
        { "properties that are no text", new(ChatRole.Assistant, [new TextContent("a") { AdditionalProperties = new() { ["x"] = 1, ["n"] = null } }]) },
        { "a property that is null", new(ChatRole.Assistant, [new TextContent("a") { AdditionalProperties = new() { ["n"] = null } }]) },
        { "message properties that are no text", new(ChatRole.Assistant, "a") { AdditionalProperties = new() { ["x"] = true } } },
        { "citations", new(ChatRole.Assistant, [new TextContent("a") { Annotations = [new CitationAnnotation { Url = new Uri("https://example.com/") }] }]) },
        { "no citations", new(ChatRole.Assistant, [new TextReasoningContent("a") { Annotations = [] }]) },
        { "a call", new(ChatRole.Assistant, [new TextContent("a"), new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["x"] = "y" })]) },
        { "a result", new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny")]) },
        { "an image", new(ChatRole.User, [new DataContent(new byte[] { 1, 2 }, "image/png"), new TextContent("a")]) },
        { "an image from a data URI", new(ChatRole.User, [new DataContent("data:image/png;base64,AQI=")]) },
        { "an image with properties", new(ChatRole.User, [new DataContent(new byte[] { 1, 2, 3 }, "image/png") { AdditionalProperties = new() { ["detail"] = "low" } }]) },
        { "an image with a raw representation", new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png") { RawRepresentation = new InputImagePart { ImageUrl = "https://example.com/" } }]) },
        { "a file with a name", new(ChatRole.User, [new DataContent(new byte[] { 1 }, "application/pdf") { Name = "a.pdf" }]) },
        { "a file without a name", new(ChatRole.User, [new DataContent(Array.Empty<byte>(), "text/plain; charset=\"utf-8\"")]) },
        { "large images", new(ChatRole.User, [.. Enumerable.Range(6143, 4).Append(50_000).Select(static n => new DataContent(Enumerable.Range(0, n).Select(static i => (byte)(i * 7)).ToArray(), "image/jpeg"))]) },
        { "long texts", new(ChatRole.User, [.. Enumerable.Range(8190, 4).Append(30_000).Select(static n => new TextContent(new string('"', n) + "é😀"))]) },
        { "a null among the contents", new(ChatRole.User, [null!]) },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void FastMessageWriter_writes_the_same_JSON_as_the_serializer(string what, ChatMessage message)
    {
        var ours = Written(writer => FastMessageWriter.Write(writer, [message, new(ChatRole.User, what)]));
        Assert.Equal(Written(writer => JsonSerializer.Serialize(writer, [message, new(ChatRole.User, what)], FastMessageWriter.Messages)), ours);
    }

    [Fact]
    public void FastMessageWriter_passes_custom_content_types_to_the_serializer()
    {
        var message = new ChatMessage(ChatRole.User, [new CustomContent("a")]);
        Assert.Throws<NotSupportedException>(() => Written(writer => FastMessageWriter.Write(writer, [message])));
        Assert.Throws<NotSupportedException>(() => Written(writer => JsonSerializer.Serialize(writer, [message], FastMessageWriter.Messages)));
    }

    [Fact]
    public void FastMessageWriter_writes_an_empty_array_for_no_messages() => Assert.Equal("[]", Written(static writer => FastMessageWriter.Write(writer, [])));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private sealed class CustomContent(string text) : AIContent
    {
        public string Text => text + "!";
    }
}
