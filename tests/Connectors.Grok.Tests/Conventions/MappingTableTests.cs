using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>
/// docs/mapping.md lists the result for every content, option, tool, item and event. The test writes it by running the mapping on the samples of
/// <see cref="MappingSamples"/>; a type that has no sample fails here. A difference leaves a <c>mapping.received.md</c> beside the page.
/// </summary>
public class MappingTableTests
{
    private const string Introduction = """
        # Mapping reference

        How the client maps the types of Microsoft.Extensions.AI to xAI's Responses API, and back. A test runs the mapping on one sample of each type and
        compares the results with this page, so do not edit it by hand.

        - *NotSupportedException*, *ArgumentException*: the call throws this exception before anything is sent.
        - dropped, logged: the request does not contain it, and the client logs that. In strict mode (`WithStrictOptions`) an option throws instead.
        - nothing: the request or the stream does not contain it, and nothing is logged.
        - with its result: call and result become one item, which the row of the result shows.

        A function that has the name of a tool of xAI, such as `web_search`, is sent with the prefix `fn_`, because xAI rejects the name or runs its own tool. Its
        calls are returned under its own name, and `ToolMode` takes its own name. A raw `FunctionTool` or JSON tool with such a name is an *ArgumentException*.

        The tables of options and tools show the members that an option or tool adds to the request; `input` and the derived
        `prompt_cache_key` are left out. The table of settable
        members tells what happens to each of them, `AdditionalProperties` with an unknown key.

        """;

    [Fact]
    public async Task Page_matches_the_mapping()
    {
        var page = await PageAsync();
        var approved = Repository.PathTo("docs/mapping.md");
        if (!File.Exists(approved) || await File.ReadAllTextAsync(approved) != page)
        {
            await File.WriteAllTextAsync(Repository.PathTo("docs/mapping.received.md"), page);
            Assert.Fail("docs/mapping.md does not match the mapping. Compare it with docs/mapping.received.md.");
        }
    }

    [Fact]
    public void Every_content_tool_and_option_of_the_abstractions_has_a_mapping_sample()
    {
        // Two types have no public constructor: only derived types exist.
        Assert.Empty(Concrete<AIContent>().Where(static t => t.GetConstructors().Length > 0).Except(MappingSamples.Contents.Select(static c => c.GetType())));
        Assert.Empty(Concrete<AITool>().Where(static t => !typeof(AIFunctionDeclaration).IsAssignableFrom(t)).ToList().Except(MappingSamples.Tools.Select(static t => t.GetType())));
        Assert.Empty(typeof(ChatOptions).GetProperties().Select(static p => p.Name).Except(MappingSamples.Options.Select(static o => o.Name)));
    }

    [Fact]
    public void Every_item_and_event_of_the_wire_and_the_emulator_has_a_mapping_sample()
    {
        var items = MappingSamples.Items.Select(static i => (string)JsonNode.Parse(i)!["type"]!).ToHashSet(StringComparer.Ordinal);
        var events = MappingSamples.Events.Select(static e => e.Type).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Tags.Items.Known.Select(static k => k.Tag).Except(items));
        Assert.Empty(Tags.Events.Known.Select(static k => k.Tag).Except(events));

        // Turns name the types of hosted calls; Wire writes every other item and event.
        var literals = new[] { "Turns", "Wire" }
            .SelectMany(static room => Directory.GetFiles(Repository.PathTo($"src/Connectors.Grok.Emulator/{room}"), "*.cs"))
            .SelectMany(static f => File.ReadAllText(f).Split('"').Where(static (_, i) => i % 2 == 1)).ToHashSet(StringComparer.Ordinal);
        var emulated = literals.Where(static l => l.StartsWith("response.", StringComparison.Ordinal) && l.All(static c => char.IsAsciiLetterLower(c) || c is '.' or '_') && !l.EndsWith('.')).ToList();
        Assert.NotEmpty(emulated);
        // The name of an object, not of an event: the result of the compaction route.
        Assert.Empty(emulated.Except(events).Except(["response.compaction"]));
        Assert.Empty(literals.Where(static l => l.EndsWith("_call", StringComparison.Ordinal)).ToList().Except(items));
    }

    private static IEnumerable<Type> Concrete<T>() =>
        typeof(AIContent).Assembly.GetExportedTypes().Where(static t => typeof(T).IsAssignableFrom(t) && !t.IsAbstract && t.GetCustomAttribute<System.Diagnostics.CodeAnalysis.ExperimentalAttribute>() is null);

    private static async Task<string> PageAsync()
    {
        var page = new StringBuilder(Introduction);
        Table(page, "Contents in requests", "Content | user | assistant | tool");
        foreach (var content in MappingSamples.Contents)
        {
            Row(page, Name(content), await SentAsync(content, ChatRole.User), await SentAsync(content, ChatRole.Assistant), await SentAsync(content, ChatRole.Tool));
        }

        Table(page, "Options in requests", "ChatOptions | example | what is sent");
        foreach (var (name, example, options) in MappingSamples.Options)
        {
            Row(page, name, example, await BodyAsync([new ChatMessage(ChatRole.User, "q")], options));
        }

        Table(page, "Tools in requests", "Tool | what is sent");
        foreach (var tool in MappingSamples.Tools)
        {
            Row(page, Name(tool), await BodyAsync([new ChatMessage(ChatRole.User, "q")], new ChatOptions { Tools = [tool] }));
        }

        Table(page, "Settable members", "Type | sent | dropped, logged | *exception* | not part of a request");
        foreach (var type in (await MemberProbes.RunAsync()).GroupBy(static m => m.Type))
        {
            var byOutcome = ((string[])["mapped", "logged", "refused", "local"]).Select(o => string.Join(", ", type.Where(m => m.Outcome == o).Select(static m => m.Name)));
            Row(page, [type.Key, .. byOutcome]);
        }

        page.Append("\nNot part of a request:\n\n");
        foreach (var (member, reason) in MemberProbes.Local)
        {
            page.Append($"- `{member}`: {reason}\n");
        }

        Table(page, "Output items in responses", "Item | contents");
        foreach (var item in MappingSamples.Items)
        {
            Row(page, (string)JsonNode.Parse(item)!["type"]!, await ReceivedAsync(item));
        }

        Table(page, "Stream events", "Event | update");
        foreach (var (type, frame) in MappingSamples.Events)
        {
            Row(page, type, await UpdateAsync(frame));
        }

        return page.ToString();
    }

    private static async Task<string> SentAsync(AIContent content, ChatRole role)
    {
        // Calls and results only come in pairs; the other half is not shown.
        List<ChatMessage> messages = content switch
        {
            FunctionCallContent call => [new(role, [call]), new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "END")])],
            FunctionResultContent result => [new(ChatRole.Assistant, [new FunctionCallContent(result.CallId, "END")]), new(role, [result])],
            ToolCallContent call => [new(role, [call, MappingSamples.Contents.OfType<ToolResultContent>().First(r => r.CallId == call.CallId)])],
            _ => [new(role, [content])],
        };
        var sent = await BodyAsync([.. messages, new ChatMessage(ChatRole.User, "END")], null, input: true);
        return content is ToolCallContent and not FunctionCallContent ? "with its result" : sent;
    }

    /// <summary>The members of a request other than the question and the model, or the exception.</summary>
    private static async Task<string> BodyAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool input = false)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        var log = new ListLogger();
        using var client = Some.Client(handler, o => (o.LoggerFactory, o.AlwaysStream) = (log, false));
        if (await Record.ExceptionAsync(() => client.GetResponseAsync(messages, options)) is { } e)
        {
            return $"*{e.GetType().Name}*";
        }

        var body = handler.LastJson;
        if (input)
        {
            var items = body["input"]!.AsArray().Where(static i => !i!.ToJsonString().Contains("END", StringComparison.Ordinal)).ToList();
            var stored = body.ContainsKey("store") ? ", `store:false`" : "";
            return items.Count > 0 ? string.Join(", ", items.Select(static i => Code(Inner(i!)))) + stored : log.Lines.Count > 0 ? "dropped, logged" : "nothing";
        }

        foreach (var known in (string[])[.. body.ContainsKey("tools") && options?.Tools is [not AIFunctionDeclaration] ? ["model"] : (string[])[], "input", "prompt_cache_key"])
        {
            body.Remove(known);
        }

        if ((string?)body["model"] == GrokChatClientOptions.DefaultModel)
        {
            body.Remove("model");
        }

        return body.Count > 0 ? Code(body) : log.Lines.Count > 0 ? "dropped, logged" : "nothing";
    }

    /// <summary>The only part of a message, if it has one part; otherwise the item.</summary>
    private static JsonNode Inner(JsonNode item) => item["content"] is JsonArray { Count: 1 } parts && (string?)item["type"] == "message" ? parts[0]! : item;

    private static async Task<string> ReceivedAsync(string item)
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(item)));
        return string.Join(" + ", (await client.GetResponseAsync("q")).Messages[0].Contents.Select(Name));
    }

    private static async Task<string> UpdateAsync(string frame)
    {
        var isFirst = frame.Contains("response.created", StringComparison.Ordinal) || frame.Contains("response.in_progress", StringComparison.Ordinal);
        using var client = Some.Client(new StubHandler().Sse(isFirst ? "{}" : Some.Created, frame));
        var updates = new List<ChatResponseUpdate>();
        var e = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("q"))
            {
                updates.Add(update);
            }
        });
        var contents = updates.Skip(isFirst ? 0 : 1).SelectMany(static u => u.Contents).Select(Name).ToList();
        var ends = updates.Any(static u => u.FinishReason is not null) ? ", FinishReason, ConversationId (terminal event)" : "";
        return (contents.Count > 0 ? string.Join(" + ", contents) : e is GrokException { Kind: not GrokErrorKind.StreamBroken } failure ? $"*GrokException* ({failure.Kind})"
            : updates.Count > (isFirst ? 0 : 1) ? "an update without contents, with the event in RawRepresentation" : "nothing") + ends;
    }

    private static string Name(object value) => value switch
    {
        ErrorContent { ErrorCode: { } code } => $"{nameof(ErrorContent)} ({code})",
        DataContent data => $"{nameof(DataContent)} ({data.MediaType})",
        UriContent uri => $"{nameof(UriContent)} ({uri.MediaType})",
        TextReasoningContent { ProtectedData: null } => $"{nameof(TextReasoningContent)} (no ProtectedData)",
        FunctionCallContent { InformationalOnly: true } => $"{nameof(FunctionCallContent)} (informational only)",
        AIContent { RawRepresentation: Responses.ResponseItem } when value.GetType() == typeof(AIContent) => $"{nameof(AIContent)} (with the raw item)",
        AIFunctionDeclaration => nameof(AIFunctionDeclaration),
        _ when value.GetType().IsNestedPrivate => "ResponseTool.AsAITool()",
        _ => value.GetType().Name,
    };

    private static void Table(StringBuilder page, string title, string columns) =>
        page.Append($"\n## {title}\n\n| {columns} |\n|{string.Concat(columns.Split('|').Select(static _ => "---|"))}\n");

    private static void Row(StringBuilder page, params string[] cells) => page.Append($"| {string.Join(" | ", cells)} |\n");

    private static string Code(JsonNode node)
    {
        var text = node.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return $"`{(text.Length > 300 ? text[..300] + "…" : text).Replace("|", "\\|", StringComparison.Ordinal)}`";
    }
}
