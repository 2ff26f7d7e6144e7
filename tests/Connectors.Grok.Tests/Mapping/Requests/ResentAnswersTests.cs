using System.Text.Json;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>
/// For every output item of docs/mapping.md, odd ones among them, however it arrived and was kept: the next request holds it as it came.
/// </summary>
public class ResentAnswersTests
{
    private const string Blob = $"\"encrypted_content\":\"{Some.Blob}\"";
    private const string Unsent = """{"type":"reasoning","id":"rs_0","summary":[{"type":"summary_text","text":"never sent back"}]}""";
    private static readonly string Png = Convert.ToBase64String(Some.Png);

    /// <summary>Reasoning items as the service may send them, and what the client sends back; null where that is the same item, the status left aside.</summary>
    private static IReadOnlyList<(string Item, string? Sent)> Reasoning =>
    [
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"},{\"type\":\"summary_text\",\"text\":\"b\"}]"), null),
        (Thought("\"summary\":[]"), null),
        (Thought(null), Thought("\"summary\":[]")),
        (Thought("\"summary\":null"), Thought("\"summary\":[]")),
        (Thought("\"summary\":[],\"content\":null"), Thought("\"summary\":[]")),
        (Thought("\"summary\":[],\"content\":[]"), null),
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"}],\"content\":[]"), null),
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"}],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"b\"},{\"type\":\"reasoning_text\",\"text\":\"c\"}]"), null),
        (Thought("\"summary\":[{\"text\":\"a\"},{\"type\":\"summary_text\",\"text\":\"b\"}]"), null),
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"},{\"type\":\"summary_text\",\"text\":\"\"}]"), null),
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"\"}]"), null),
        (Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\",\"future\":1}]"), null),
        (Thought("\"summary\":[{\"type\":\"reasoning_text\",\"text\":\"a\"}]"), null),
        (Thought("\"summary\":[],\"content\":[{\"type\":\"hologram\",\"x\":[1]}]"), null),
        (Thought("\"summary\":[],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"a\",\"future\":1}]"), null),
        (Thought("\"summary\":[],\"future\":{\"a\":1}"), null),
        (Thought("\"summary\":[],\"future\":null"), Thought("\"summary\":[]")),
        (Thought("\"summary\":[]").Replace($"\"rs_{Some.Id}\"", "null", StringComparison.Ordinal), Thought("\"summary\":[]").Replace($",\"id\":\"rs_{Some.Id}\"", "", StringComparison.Ordinal)),
    ];

    private static IReadOnlyList<string> Others =>
    [
        .. MappingSamples.Items.Where(static i => !i.Contains("\"reasoning\"", StringComparison.Ordinal)),
        $$"""{"type":"image_generation_call","id":"g","status":"completed","prompt":"p","result":"{{Png}}"}""",
        $$"""{"type":"image_generation_call","id":"g","result":"data:image/png;base64,{{Png}}"}""",
        $$"""{"type":"image_generation_call","id":"g","result":"{{Png[..40]}}\n{{Png[40..]}}"}""",
        """{"type":"image_generation_call","id":"g","status":"completed","prompt":"p","result":"https://x.ai/i.png"}""",
        """{"type":"image_generation_call","id":"g","result":"nothing known!"}""",
        """{"type":"image_generation_call","id":"g","result":""}""",
        """{"type":"image_generation_call","id":"g","result":{"url":"https://x.ai/i.png"}}""",
        """{"type":"mcp_call","id":"m","server_label":"docs","name":"f","arguments":"{}","output":"","error":{"code":1,"message":"down"}}""",
        """{"type":"mcp_call","id":"m","server_label":"docs","name":"f","arguments":"{}","output":{"content":[{"type":"text","text":"t"}]}}""",
        """{"type":"mcp_call","id":"m","server_label":"docs","name":"f","arguments":"{}","output":[],"error":[]}""",
        """{"type":"mcp_call","id":"m","server_label":"docs","name":"f","arguments":{"a":1},"output":"o"}""",
        """{"type":"mcp_call","id":"m","server_label":"docs","name":"f","arguments":"{}","output":1,"error":true}""",
        """{"type":"file_search_call","id":"f","queries":["a"],"results":[{"file_id":"f","score":1.5e999}]}""",
        """{"type":"code_interpreter_call","id":"i","code":"1","outputs":[{"type":"logs","logs":"1"},{"type":"hologram"}]}""",
        """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"hologram","x":[1]},{"type":"output_text","text":"b"},{"text":"untyped"}]}""",
    ];

    public static TheoryData<string, string?> Items
    {
        get
        {
            var items = new TheoryData<string, string?>();
            foreach (var (item, sent) in (IEnumerable<(string, string?)>)[.. Reasoning, .. Others.Select(static o => (o, (string?)null))])
            {
                items.Add(item, sent);
            }

            return items;
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public async Task Item_is_resent_as_it_came_however_it_arrived_and_was_kept(string item, string? sent)
    {
        var bodies = new List<(string Way, string Body)>();
        string[] outputs = item.Contains("\"reasoning\"", StringComparison.Ordinal)
            ? [item, $"{item},{Some.Message("Done")}", $"{Some.Message("First")},{item},{item.Replace(Some.Blob, "T3RoZXI=", StringComparison.Ordinal)}", $"{Unsent},{item}"]
            : [item, $"{item},{Some.Message("Done")}"];
        foreach (var output in outputs)
        {
            bodies.Clear();
            foreach (var (arrival, answer) in await AnswersAsync(output))
            {
                foreach (var (way, keep) in Keeping.Ways)
                {
                    bodies.Add(($"{arrival}, {way}", await NextBodyAsync(keep([answer]))));
                }
            }

            Assert.All(bodies, body => Assert.Equal($"{body.Way}: {bodies[0].Body}", $"{body.Way}: {body.Body}"));
        }

        if (item.Contains("\"reasoning\"", StringComparison.Ordinal))
        {
            using var json = JsonDocument.Parse(bodies[0].Body);
            var resent = json.RootElement.GetProperty("input").EnumerateArray().First(static i => i.GetProperty("type").GetString() == "reasoning");
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(sent ?? item).RootElement, resent), resent.GetRawText());
        }
    }

    [Fact]
    public async Task Reasoning_is_resent_as_it_came_when_its_deltas_differ_from_it()
    {
        var item = Thought("\"summary\":[{\"type\":\"summary_text\",\"text\":\"one\"},{\"type\":\"summary_text\",\"text\":\"two\"}]");
        (string Name, string[] Deltas)[] streams =
        [
            ("both parts", [Some.SummaryDelta("o"), Some.SummaryDelta("ne"), Some.SummaryDelta("two", part: 1)]),
            ("no part", []),
            ("first part alone", [Some.SummaryDelta("one")]),
            ("second part alone", [Some.SummaryDelta("two", part: 1)]),
            ("half a part", [Some.SummaryDelta("one"), Some.SummaryDelta("t", part: 1)]),
            ("another text", [Some.SummaryDelta("one"), Some.SummaryDelta("owt", part: 1)]),
            ("one part for two", [Some.SummaryDelta("onetwo")]),
            ("another kind", [Some.ThoughtDelta("one"), Some.SummaryDelta("two", part: 1)]),
            ("another order", [Some.SummaryDelta("two", part: 1), Some.SummaryDelta("one")]),
            ("no id", [Some.SummaryDelta("one").Replace($"\"item_id\":\"rs_{Some.Id}\",", "", StringComparison.Ordinal), Some.SummaryDelta("two", part: 1)]),
        ];
        foreach (var (name, deltas) in streams)
        {
            var handler = new StubHandler();
            using var client = Some.Client(handler, static o => o.Store = false);
            var done = Some.Done(0, item);
            var answer = (await client.Streamed(handler.Sse([Some.Created, Some.Added(0, item), .. deltas, done, Some.TextDelta("Hi", 1), Some.Completed($"{item},{Some.Message("Hi")}")]))).Messages[0];
            foreach (var (way, keep) in Keeping.Ways)
            {
                using var json = JsonDocument.Parse(await NextBodyAsync(keep([answer])));
                Assert.Equal($"{name}, {way}: {item}", $"{name}, {way}: {json.RootElement.GetProperty("input")[0].GetRawText()}");
            }
        }
    }

    private static string Thought(string? members) => $$"""{"type":"reasoning",{{(members is null ? "" : members + ",")}}{{Blob}},"id":"rs_{{Some.Id}}"}""";

    private static async Task<IReadOnlyList<(string Arrival, ChatMessage Answer)>> AnswersAsync(string output)
    {
        var items = JsonDocument.Parse($"[{output}]").RootElement.EnumerateArray().Select(static i => i.GetRawText()).ToList();
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        return
        [
            ("whole", (await client.Whole(handler.Json(Some.Answer(output)))).Messages[0]),
            ("streamed item by item", (await client.Streamed(handler.Sse([Some.Created, .. items.SelectMany(static (item, i) => (string[])[Some.Added(i, item), Some.Done(i, item)]), Some.Completed(output)]))).Messages[0]),
            ("streamed at the end", (await client.Streamed(handler.Sse(Some.Created, Some.Completed(output)))).Messages[0]),
        ];
    }

    private static async Task<string> NextBodyAsync(IReadOnlyList<ChatMessage> answer)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, static o => o.Store = false);
        ChatMessage[] results = [.. answer.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(c.CallId, "r")]))];
        await client.GetResponseAsync([.. answer, .. results, new ChatMessage(ChatRole.User, "go on")]);
        return handler.LastBody;
    }
}
