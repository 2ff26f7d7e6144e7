using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>
/// For every content type of docs/mapping.md, in every role, and every way to keep it: the request that resends it is the one that sent it first.
/// </summary>
public class ResentContentsTests
{
    private static readonly DataContent Picture = new(Some.Png, "image/png");
    private static readonly UriContent Address = new("https://x.ai/i.png", "image/png");

    /// <summary>Results of functions: what a .NET method may return.</summary>
    private static IReadOnlyList<(string Name, object? Result)> Results =>
    [
        ("null", null),
        ("text", "t"),
        ("empty text", ""),
        ("JSON as text", """[{"$type":"text","text":"t"}]"""),
        ("number", 1.50m),
        ("flag", true),
        ("TimeSpan", TimeSpan.FromSeconds(1)),
        ("DateTimeOffset", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
        ("Uri", new Uri("https://x.ai/")),
        ("JSON null", Json("null")),
        ("JSON text", Json("\"t\"")),
        ("JSON object", Json("""{"a":1.50,"b":"é<\"","c":[null]}""")),
        ("JSON node", JsonNode.Parse("""{"a":[1]}""")),
        ("dictionary", new Dictionary<string, object?> { ["a"] = 1, ["b"] = null }),
        ("TextContent", new TextContent("t")),
        ("empty TextContent", new TextContent(null)),
        ("TextContent with properties", new TextContent("t") { AdditionalProperties = new() { ["a"] = "b" } }),
        ("DataContent", Picture),
        ("DataContent with a detail", Picture.WithImageDetail("low")),
        ("DataContent (application/pdf)", new DataContent("x"u8.ToArray(), "application/pdf") { Name = "a.pdf" }),
        ("UriContent", Address),
        ("UriContent with a detail", Address.WithImageDetail("high")),
        ("UriContent (application/pdf)", new UriContent("https://x.ai/a.pdf", "application/pdf")),
        ("HostedFileContent", new HostedFileContent("file_1")),
        ("ErrorContent", new ErrorContent("e") { ErrorCode = "c", Details = "d" }),
        ("FunctionCallContent", new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["a"] = 1 })),
        ("AIContent", new AIContent()),
        ("AIContent with properties", new AIContent { AdditionalProperties = new() { ["a"] = "b" } }),
        ("AIContent[]", new AIContent[] { new TextContent("t"), Picture, Address }),
        ("AIContent[] (empty)", Array.Empty<AIContent>()),
        ("AIContent[] (plain ones)", new[] { new AIContent(), new AIContent() }),
        ("AIContent[] (a plain one)", new[] { new AIContent(), new TextContent("t") }),
        ("AIContent[] (null)", new AIContent?[] { null }),
        ("AIContent[] (null and more)", new AIContent?[] { null, new TextContent("t") }),
        ("List<AIContent>", new List<AIContent> { new TextContent("t"), Picture }),
        ("JSON with a $type nobody knows", Json("""{"$type":"hologram","text":"t"}""")),
        ("JSON with a $type that is no text", Json("""[{"$type":1}]""")),
        ("JSON of a content without what it needs", Json("""{"$type":"data","uri":"nowhere"}""")),
        ("JSON of a content and more", Json("""[{"$type":"text","text":"t"},{"a":1}]""")),
        ("dictionary with a $type", new Dictionary<string, object?> { ["$type"] = "text", ["text"] = "t" }),
    ];

    private static IReadOnlyList<(string Name, AIContent Content)> Contents =>
    [
        .. MappingSamples.Contents.Select(static (c, i) => ($"{i} {c.GetType().Name}", c)),
        .. Results.Select(static r => ($"result: {r.Name}", (AIContent)new FunctionResultContent("c2", r.Result))),
        ("result: Exception", new FunctionResultContent("c2", "Error: Function failed.") { Exception = new InvalidOperationException("No city.") }),
        ("no arguments", new FunctionCallContent("c1", "f")),
        ("null argument", new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["a"] = null })),
        ("arguments", new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["a"] = "é<\"", ["b"] = Json("1.50"), ["c"] = TimeSpan.Zero, ["d"] = new AIContent[] { new TextContent("t") } })),
        ("garbled arguments", new FunctionCallContent("c1", "f") { Exception = new InvalidOperationException("x") }),
        ("refusal without words", new ErrorContent(null) { ErrorCode = "Refusal" }),
        ("PNG by address of data", new DataContent($"data:image/png;base64,{Convert.ToBase64String(Some.Png)}")),
        ("text file without a name", new DataContent("x"u8.ToArray(), "text/plain")),
        ("UriContent of data", new UriContent($"data:image/png;base64,{Convert.ToBase64String(Some.Png)}", "image/png")),
        ("image made by another service", new ImageGenerationToolResultContent("g2") { Outputs = [Picture] }),
        ("search of another service", new WebSearchToolResultContent("w2") { Outputs = [new UriContent("https://x.ai/", "text/html")] }),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (name, _) in Contents)
            {
                foreach (var role in (string[])["user", "assistant", "tool"])
                {
                    cases.Add(name, role);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Content_is_resent_as_it_was_sent_first(string name, string role)
    {
        var content = Contents.Single(c => c.Name == name).Content;
        ChatMessage message = new(new ChatRole(role), [content]);
        ChatMessage[] messages = content switch
        {
            FunctionCallContent call => [message, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "r")])],
            FunctionResultContent result => [new(ChatRole.Assistant, [new FunctionCallContent(result.CallId, "f")]), message],
            ToolCallContent call when MappingSamples.Contents.OfType<ToolResultContent>().FirstOrDefault(r => r.CallId == call.CallId) is { } result => [new(message.Role, [call, result])],
            _ => [message],
        };
        await AssertResent([.. messages, new ChatMessage(ChatRole.User, "END")]);
    }

    [Fact]
    public async Task Exception_without_a_result_is_resent_from_a_store()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]),
            new(ChatRole.Tool, [new FunctionResultContent("c", null) { Exception = new InvalidOperationException("No city.") }]),
        ];
        Assert.Contains("Error: No city.", await BodyAsync(messages), StringComparison.Ordinal);
        Assert.Equal(await BodyAsync(messages), await BodyAsync(Keeping.ThroughStore(messages)));
    }

    /// <summary>Microsoft.Extensions.AI's own serializer leaves the types out of such lists, or does not know the list; a store keeps them.</summary>
    [Fact]
    public async Task Lists_of_any_declared_type_are_resent_from_a_store()
    {
        foreach (var list in (object[])[new List<TextContent> { new("t") }, new[] { Address }, new[] { Picture, Picture.WithImageDetail("low") }, new HashSet<DataContent> { Picture }, Enumerable.Range(0, 2).Select(static i => (AIContent)new TextContent($"{i}"))])
        {
            ChatMessage[] messages = [new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", list)])];
            Assert.DoesNotContain("\\\"", await BodyAsync(messages), StringComparison.Ordinal);
            Assert.Equal(await BodyAsync(messages), await BodyAsync(Keeping.ThroughStore(messages)));
        }
    }

    /// <summary>What Microsoft.Extensions.AI's serializer makes of a <c>DataContent[]</c>.</summary>
    [Fact]
    public async Task Images_without_a_type_are_images()
    {
        var image = $$"""{"uri":"{{Picture.Uri}}"}""";
        Assert.Equal(await ResultAsync(new[] { Picture, Picture.WithImageDetail("low") }), await ResultAsync(Json($$"""[{{image}},{"uri":"{{Picture.Uri}}","name":null,"additionalProperties":{"detail":"low"} }]""")));
        foreach (var other in (string[])
            [
                image, "[]", "[1]", "[null]", $"[{image},1]", $$"""[{"uri":"{{Picture.Uri}}","title":"t"}]""", """[{"uri":"https://x.ai/i.png"}]""", """[{"uri":7}]""", """[{"name":"n"}]""", "[{}]",
                """[{"uri":"data:image/gif;base64,eA=="}]""", """[{"uri":"data:application/pdf;base64,eA=="}]""",
            ])
        {
            Assert.Equal(await ResultAsync(other), await ResultAsync(Json(other)));
        }
    }

    /// <summary>Raw items and parts of the caller: JSON cannot keep them, a store does.</summary>
    [Fact]
    public async Task Raw_items_and_parts_are_resent_from_a_store()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, [new AIContent { RawRepresentation = new UnknownItem("shell_call_output", Json("""{"type":"shell_call_output","call_id":"s","output":[]}""")) }]),
            new(ChatRole.User, [new TextContent("shown") { RawRepresentation = new InputTextPart("sent") { AdditionalMembers = new Dictionary<string, JsonElement> { ["x"] = Json("1") } } }, new TextContent("b")]),
            new(ChatRole.User, [new DataContent(Some.Png, "image/png") { RawRepresentation = new InputImagePart { ImageUrl = "https://x.ai/j.png" }, AdditionalProperties = new() { ["a"] = "b" } }]),
            new(ChatRole.User, [new TextContent("not ours") { RawRepresentation = new object() }]),
        ];
        var body = await BodyAsync(messages);
        Assert.Contains("shell_call_output", body, StringComparison.Ordinal);
        Assert.Contains("https://x.ai/j.png", body, StringComparison.Ordinal);
        Assert.Equal(body, await BodyAsync(Keeping.ThroughStore(messages)));
        Assert.Equal(body, await BodyAsync(Keeping.ThroughJson(Keeping.ThroughStore(messages))));
        Assert.Equal(["a"], messages[2].Contents[0].AdditionalProperties!.Keys);
    }

    [Fact]
    public async Task Result_that_is_a_default_JsonElement_is_sent_as_null_is()
    {
        ChatMessage[] messages = [new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", default(JsonElement))])];
        Assert.Contains("\"output\":\"\"", await BodyAsync(messages), StringComparison.Ordinal);
        Assert.Equal(await BodyAsync(messages), await BodyAsync(Keeping.ThroughStore(messages)));
    }

    private static Task<string> ResultAsync(object? result) =>
        BodyAsync([new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", result)])]);

    private static async Task AssertResent(ChatMessage[] messages)
    {
        var first = await BodyAsync(messages);
        Assert.All(Keeping.Ways, way => Assert.Equal($"{way.Name}: {first}", $"{way.Name}: {BodyAsync(way.Keep(messages)).GetAwaiter().GetResult()}"));
    }

    /// <summary>The body of the request, or the exception.</summary>
    private static async Task<string> BodyAsync(IEnumerable<ChatMessage> messages)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        try
        {
            await client.GetResponseAsync(messages);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }

        return handler.LastBody;
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
