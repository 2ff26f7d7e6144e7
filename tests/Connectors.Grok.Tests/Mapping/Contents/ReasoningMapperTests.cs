using System.Text.Json;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

/// <summary>Reasoning is sent back exactly as received, in whatever form the host kept it.</summary>
public class ReasoningMapperTests
{
    private static readonly string[] Frames =
    [
        Some.Created,
        Some.Added(0, """{"id":"rs_x","summary":[],"type":"reasoning","status":"in_progress"}"""),
        Some.SummaryDelta("First I "), Some.SummaryDelta("think. "), Some.SummaryDelta("Then ", part: 1), Some.SummaryDelta("again.", part: 1),
        Some.Done(0, Some.Reasoning(Some.Summary("First I think. ") + "," + Some.Summary("Then again."))),
        Some.TextDelta("Hi", item: 1), Some.Done(1, Some.Message("Hi")),
        Some.Completed(Some.Reasoning(Some.Summary("First I think. ") + "," + Some.Summary("Then again.")) + "," + Some.Message("Hi")),
    ];

    private const string Sent =
        $$"""{"type":"reasoning","summary":[{"type":"summary_text","text":"First I think. "},{"type":"summary_text","text":"Then again."}],"encrypted_content":"{{Some.Blob}}","id":"rs_{{Some.Id}}"}""";

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Two_part_reasoning_item_survives_streaming_coalescing_and_JSON(bool streamed, bool throughJson)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        var response = streamed
            ? await client.Streamed(handler.Sse(Frames))
            : await client.Whole(handler.Json(Some.Answer(Some.Reasoning(Some.Summary("First I think. ") + "," + Some.Summary("Then again.")) + "," + Some.Message("Hi"))));
        var answer = throughJson ? RoundTrip(response.Messages[0]) : response.Messages[0];

        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([new(ChatRole.User, "a"), answer, new(ChatRole.User, "b")]);

        Assert.Equal(Sent, handler.LastJson["input"]![1]!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Contains($"\"encrypted_content\":\"{Some.Blob}\"", handler.LastBody, StringComparison.Ordinal);
        Assert.Equal(["user", null, "assistant", "user"], handler.LastJson["input"]!.AsArray().Select(static i => (string?)i!["role"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reasoning_without_a_summary_is_sent_back_as_content(bool streamed)
    {
        var item = $$"""{"id":"rs_{{Some.Id}}","summary":[],"content":[{"type":"reasoning_text","text":"Hmm, so."}],"encrypted_content":"{{Some.Blob}}","type":"reasoning","status":"completed"}""";
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        var response = streamed
            ? await client.Streamed(handler.Sse(Some.Created, Some.ThoughtDelta("Hmm, "), Some.ThoughtDelta("so."), Some.Done(0, item), Some.TextDelta("Hi", 1), Some.Completed(item + "," + Some.Message("Hi"))))
            : await client.Whole(handler.Json(Some.Answer(item + "," + Some.Message("Hi"))));
        Assert.Equal("Hmm, so.", Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]).Text);

        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([RoundTrip(response.Messages[0]), new(ChatRole.User, "b")]);

        var sent = handler.LastJson["input"]![0]!;
        Assert.Equal("""[{"type":"reasoning_text","text":"Hmm, so."}]""", sent["content"]!.ToJsonString());
        Assert.Equal("[]", sent["summary"]!.ToJsonString());
    }

    [Fact]
    public async Task Reasoning_blob_without_text_is_kept()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        var response = await client.Streamed(handler.Sse(Some.Created, Some.Done(0, Some.Reasoning("")), Some.TextDelta("Hi", 1), Some.Completed(Some.Reasoning("") + "," + Some.Message("Hi"))));
        var reasoning = Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]);
        Assert.Equal(("", Some.Blob), (reasoning.Text, reasoning.ProtectedData));

        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([RoundTrip(response.Messages[0]), new(ChatRole.User, "b")]);
        Assert.Equal("[]", handler.LastJson["input"]![0]!["summary"]!.ToJsonString());
    }

    [Fact]
    public async Task Reasoning_is_not_sent_without_its_blob_to_another_family_from_another_provider_or_when_continuing()
    {
        ChatMessage Answer(string? blob, string? model, string? id = "rs_" + Some.Id) => new(
            ChatRole.Assistant,
            [new TextReasoningContent("t") { ProtectedData = blob, AdditionalProperties = new() { [GrokKeys.Content.ReasoningItemId] = id, [GrokKeys.Content.ReasoningModel] = model } }, new TextContent("a")]);
        var log = new ListLogger();
        async Task<int> Items(ChatMessage answer, string? conversation = null)
        {
            var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
            using var client = Some.Client(handler, o => o.LoggerFactory = log);
            await client.GetResponseAsync([new(ChatRole.User, "q"), answer, new(ChatRole.User, "b")], new ChatOptions { ConversationId = conversation });
            return handler.LastJson["input"]!.AsArray().Count(static i => (string?)i!["type"] == "reasoning");
        }

        Assert.Equal(1, await Items(Answer(Some.Blob, "grok-4.7")));
        Assert.Equal(1, await Items(Answer(Some.Blob, "grok-4.7-0921")));
        Assert.Equal(1, await Items(Answer(Some.Blob, null)));
        Assert.Empty(log.Lines);
        Assert.Equal(0, await Items(Answer(null, "grok-4.7")));
        Assert.Equal(0, await Items(Answer(Some.Blob, "grok-4.6")));
        Assert.Equal(0, await Items(Answer(Some.Blob, null, "rs_68af4030baa48193")));
        Assert.Equal(3, log.Lines.Count);
        Assert.Equal(0, await Items(Answer(Some.Blob, "grok-4.7"), "r-1"));
    }

    [Fact]
    public async Task Reasoning_item_without_a_blob_does_not_merge_into_the_next()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        var one = Some.Reasoning(Some.Summary("one"), blob: null).Replace("rs_", "rs_a", StringComparison.Ordinal);
        var two = Some.Reasoning(Some.Summary("two"));
        var response = await client.Streamed(handler.Sse(
            Some.Created, Some.SummaryDelta("one").Replace("rs_", "rs_a", StringComparison.Ordinal), Some.Done(0, one), Some.SummaryDelta("two", 1), Some.Done(1, two), Some.Completed($"{one},{two}")));

        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([RoundTrip(response.Messages[0]), new(ChatRole.User, "b")]);

        var sent = Assert.Single(handler.LastJson["input"]!.AsArray(), static i => (string?)i!["type"] == "reasoning")!;
        Assert.Equal("rs_" + Some.Id, (string?)sent["id"]);
        Assert.Equal("two", (string?)sent["summary"]![0]!["text"]);
    }

    [Fact]
    public void Every_reasoning_piece_has_item_and_model_and_only_content_has_a_kind()
    {
        var origin = new ReasoningOrigin("grok-4.7", null);
        var item = new ReasoningItem { Id = "rs_1", Summary = [new SummaryTextPart("a")], Content = [new ReasoningTextPart("b")] };
        const string Stamp = "reasoningItemId=rs_1,reasoningModel=grok-4.7";
        Assert.Equal([$"a: {Stamp}", $": {Stamp}", $"b: {Stamp},reasoningKind=content"], ReasoningMapper.ToContents(item, origin).Select(Describe));
        Assert.Equal([$": {Stamp}"], ReasoningMapper.ToContents(new ReasoningItem { Id = "rs_1", Summary = [], EncryptedContent = "B" }, origin).Select(Describe));
        Assert.Equal([$": {Stamp}"], ReasoningMapper.Ending(item, origin, isStreamed: true).Select(Describe));
        Assert.Equal($": {Stamp}", Describe(ReasoningMapper.PartSeparator("rs_1", origin)));

        static string Describe(AIContent content) => $"{content}: {string.Join(',', content.AdditionalProperties!.Select(static p => $"{p.Key}={p.Value}"))}";
    }

    [Fact]
    public void Part_separator_is_an_empty_reasoning_content_with_an_annotation()
    {
        Assert.True(ReasoningMapper.IsPartSeparator(ReasoningMapper.PartSeparator("rs_1", default)));
        foreach (var content in (AIContent[])
            [
                new TextReasoningContent(""),
                new TextReasoningContent("") { Annotations = [] },
                new TextReasoningContent("a") { Annotations = [new AIAnnotation()] },
                new TextReasoningContent("") { Annotations = [new AIAnnotation()], ProtectedData = "B" },
                new TextContent("") { Annotations = [new AIAnnotation()] },
            ])
        {
            Assert.False(ReasoningMapper.IsPartSeparator(content));
        }
    }

    [Fact]
    public void Empty_reasoning_blob_is_ignored_and_does_not_end_the_item()
    {
        Assert.Equal([null], ReasoningMapper.ToItems([Reasoning("a", "")], "grok-4.7"));
        var item = Assert.Single(ReasoningMapper.ToItems([Reasoning("a", ""), Reasoning("b", Some.Blob)], "grok-4.7"))!;
        Assert.Equal("ab", Assert.IsType<SummaryTextPart>(Assert.Single(item.Summary!)).Text);
        Assert.Equal(Some.Blob, item.EncryptedContent);

        static TextReasoningContent Reasoning(string text, string blob) => new(text)
        {
            ProtectedData = blob,
            AdditionalProperties = ReasoningMapper.Stamp("rs_1", new("grok-4.7", null), isSummary: true),
        };
    }

    [Theory]
    [InlineData("grok-4.7", true)]
    [InlineData("grok-4.6", false)]
    public void Received_reasoning_item_is_sent_to_its_model_family_only(string model, bool isSent)
    {
        var came = new ReasoningItem { Id = "rs_1", Summary = [], Status = "completed", EncryptedContent = Some.Blob };
        var item = Assert.Single(ReasoningMapper.ToItems(ReasoningMapper.ToContents(came, new("grok-4.7", null)).Cast<TextReasoningContent>(), model));
        Assert.Equal(isSent ? came with { Status = null } : null, item);
    }

    [Theory]
    [InlineData("rs_" + Some.Id, true)]
    [InlineData("rs_" + Some.Id + "_1", true)]
    [InlineData("xx_" + Some.Id, false)]
    [InlineData("rs_769f3302", false)]
    public void Reasoning_without_a_model_is_sent_only_with_an_id_of_xAIs_form(string id, bool isSent)
    {
        var content = new TextReasoningContent("t") { ProtectedData = Some.Blob, AdditionalProperties = new() { [GrokKeys.Content.ReasoningItemId] = id } };
        Assert.Equal(isSent, Assert.Single(ReasoningMapper.ToItems([content], "grok-4.7")) is not null);
    }

    private static ChatMessage RoundTrip(ChatMessage message)
    {
        var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));
        return (ChatMessage)JsonSerializer.Deserialize(JsonSerializer.Serialize(message, type), type)!;
    }
}
