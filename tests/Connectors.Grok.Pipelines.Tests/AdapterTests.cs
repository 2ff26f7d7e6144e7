using System.ClientModel;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>The README's table "Compared with the OpenAI package", row by row: the adapter of Microsoft.Extensions.AI.OpenAI, and this client.</summary>
public class AdapterTests : PipelineTest
{
    private static readonly AITool Function = AIFunctionFactory.Create(static (string a) => a, "f").AsDeclarationOnly();

    private IChatClient Adapter() =>
        new ResponsesClient(new ApiKeyCredential("xai-test"), new ResponsesClientOptions { Endpoint = Emulator.BaseAddress }).AsIChatClient("grok-4.7");

    private static Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, ChatOptions? options = null, string text = "Hello.") =>
        isStreamed ? client.GetStreamingResponseAsync(text, options, Now).ToChatResponseAsync(Now) : client.GetResponseAsync(text, options, Now);

    /// <summary>The updates of a stream, and what ended it; null for a good end.</summary>
    private static async Task<(List<ChatResponseUpdate> Updates, Exception? End)> ReadAsync(IChatClient client)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync("Hello.", new() { Tools = [Function] }, Now))
            {
                updates.Add(update);
            }

            return (updates, null);
        }
        catch (Exception e)
        {
            return (updates, e);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Instructions_on_turn_two(bool isStreamed)
    {
        var options = new ChatOptions { Instructions = "Be kind." };
        options.ConversationId = (await AskAsync(Adapter(), isStreamed, options)).ConversationId;
        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Adapter(), isStreamed, options))).Status);
        Assert.True(Emulator.Requests[^1].Json!.Value.TryGetProperty("instructions", out _));

        options.ConversationId = null;
        // One client: it knows the instructions in force. Another client does not know them and sends them again.
        var grok = Grok();
        options.ConversationId = (await AskAsync(grok, isStreamed, options)).ConversationId;
        Assert.NotNull((await AskAsync(grok, isStreamed, options)).ConversationId);
        Assert.NotNull((await AskAsync(Grok(), isStreamed, options)).ConversationId);
        Assert.Equal(["system user", "user", "system user"], Sent().Skip(2));
    }

    public static TheoryData<string, Action<GrokEmulator>, bool> BadEnds => new()
    {
        { "failed", static e => e.Script.Reply(static r => r.Text("Half an answer").Fail("server_error", "it broke")), true },
        { "failed at once", static e => e.Faults.Enqueue(Fault.Failed()), true },
        { "ends early", static e => e.Faults.Enqueue(Fault.EndAfter(6)), true },
        { "an error without a type", static e => e.Faults.Enqueue(Fault.UntypedError()), true },
        { "an error in the middle", static e => e.Script.Reply(static r => r.Text("Half").ErrorFrame("it broke", "server_error")), true },
        { "the connection breaks", static e => e.Faults.Enqueue(Fault.CutAfter(6)), false },
    };

    [Theory]
    [MemberData(nameof(BadEnds))]
    public async Task A_stream_that_ends_badly(string how, Action<GrokEmulator> script, bool isQuiet)
    {
        script(Emulator);
        var (theirs, quiet) = await ReadAsync(Adapter());
        Assert.Equal(isQuiet, quiet is null);
        // An id to go on from, of an answer that is none.
        Assert.NotNull(theirs[0].ConversationId);

        script(Emulator);
        var (ours, end) = await ReadAsync(Grok());
        Assert.IsType<GrokException>(end);
        Assert.All(ours, static u => Assert.Null(u.ConversationId));
        Assert.NotEmpty(how);
    }

    [Fact]
    public async Task An_answer_that_was_cut_in_the_middle_of_a_call()
    {
        static ReplyBuilder Cut(ReplyBuilder reply) => reply.Call("f", "{\"a\":").Incomplete();
        Emulator.Script.Reply(static r => Cut(r)).Reply(static r => Cut(r));
        var (theirs, _) = await ReadAsync(Adapter());
        Assert.NotNull(theirs.ToChatResponse().ConversationId);
        Assert.Null(theirs.ToChatResponse().FinishReason);
        var (ours, _) = await ReadAsync(Grok());
        Assert.Null(ours.ToChatResponse().ConversationId);
        Assert.Equal(ChatFinishReason.Length, ours.ToChatResponse().FinishReason);
    }

    [Fact]
    public async Task An_answer_that_failed_and_is_not_streamed()
    {
        static ReplyBuilder Failed(ReplyBuilder reply) => reply.Fail("server_error", "it broke");
        Emulator.Script.Reply(static r => Failed(r)).Reply(static r => Failed(r));
        var theirs = await AskAsync(Adapter(), isStreamed: false);
        Assert.Equal("", theirs.Text);
        Assert.NotNull(theirs.ConversationId);
        Assert.Contains("it broke", (await Assert.ThrowsAsync<GrokException>(() => AskAsync(Grok(), isStreamed: false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_words_of_an_error()
    {
        var options = new ChatOptions { ConversationId = "5808284d-ae14-9981-9289-73515f67ebda" };
        var theirs = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Adapter(), isStreamed: false, options));
        Assert.StartsWith("Service request failed.", theirs.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("5808284d", theirs.Message, StringComparison.Ordinal);
        var ours = await Assert.ThrowsAsync<GrokException>(() => AskAsync(Grok(), isStreamed: false, options));
        Assert.Contains("5808284d", ours.Message, StringComparison.Ordinal);
        Assert.Equal((GrokErrorKind.UnknownResponse, true), (ours.Kind, ours.RequestId is { Length: > 0 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_of_a_summary_that_go_back(bool isStreamed)
    {
        var theirOptions = new ChatOptions
        {
            RawRepresentationFactory = static _ => new CreateResponseOptions { StoredOutputEnabled = false, IncludedProperties = { IncludedResponseProperty.ReasoningEncryptedContent } },
        };
        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => GoOnAsync(Adapter(), theirOptions))).Status);
        Assert.Equal("Part one.Part two.", SentBack());
        await GoOnAsync(Grok(isUnstored: true), new());
        Assert.Equal("Part one.|Part two.", SentBack());

        // As a program does that keeps its history in a database.
        async Task GoOnAsync(IChatClient client, ChatOptions options)
        {
            Emulator.Script.Clear();
            Emulator.Script.Reply(static r => r.Reasoning("Part one.", "Part two.").Text("One.")).Reply("Two.");
            List<ChatMessage> history = [new(ChatRole.User, "Hello.")];
            var answer = isStreamed ? await client.GetStreamingResponseAsync(history, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(history, options, Now);
            history.AddRange(JsonSerializer.Deserialize<List<ChatMessage>>(JsonSerializer.Serialize(answer.Messages, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!);
            history.Add(new(ChatRole.User, "And?"));
            await client.GetResponseAsync(history, options, Now);
        }

        string SentBack() => string.Join('|', Emulator.Requests[^1].Items.Where(static i => i.GetProperty("type").GetString() == "reasoning").SelectMany(static i => i.GetProperty("summary").EnumerateArray()).Select(static p => p.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_cost_and_why_it_ended(bool isStreamed)
    {
        foreach (var isCall in new[] { false, true })
        {
            Action<ReplyBuilder> reply = isCall ? static r => r.Call("f", "{}") : static r => r.Text("Hi.");
            Emulator.Script.Reply(reply).Reply(reply);
            var options = new ChatOptions { Tools = [Function] };
            var (theirs, ours) = (await AskAsync(Adapter(), isStreamed, options), await AskAsync(Grok(), isStreamed, options));
            var reason = isCall ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
            Assert.DoesNotContain(theirs.Usage!.AdditionalCounts ?? [], static c => c.Key.Contains("cost", StringComparison.OrdinalIgnoreCase));
            Assert.True(ours.Usage!.GetCostInUsd() > 0);
            Assert.Equal((isStreamed ? reason : null, reason), (theirs.FinishReason, ours.FinishReason!.Value));
        }
    }

    [Fact]
    public async Task Options_that_the_service_refuses_and_options_that_it_takes()
    {
        var options = new ChatOptions { FrequencyPenalty = 1, PresencePenalty = 1, StopSequences = ["x"], Seed = 3, TopK = 4 };
        await AskAsync(Adapter(), isStreamed: false, options);
        await AskAsync(Grok(), isStreamed: false, options);
        Assert.Equal([[], ["seed", "top_k"]], Emulator.Requests.Select(static r => r.Json!.Value.EnumerateObject().Select(static m => m.Name).Except(["model", "input"]).Order(StringComparer.Ordinal).ToArray()));

        options.AdditionalProperties = new() { [GrokKeys.Request.StrictOptions] = true };
        await Assert.ThrowsAsync<NotSupportedException>(() => AskAsync(Grok(), isStreamed: false, options));
    }
}
