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

    /// <summary>Reads the updates of a stream, and the exception that ended it; null when it completed.</summary>
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
    public async Task Instructions_on_a_continued_turn_fail_with_OpenAI_adapter_and_work_with_Grok_client(bool isStreamed)
    {
        var options = new ChatOptions { Instructions = "Be kind." };
        options.ConversationId = (await AskAsync(Adapter(), isStreamed, options)).ConversationId;
        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Adapter(), isStreamed, options))).Status);
        Assert.True(Emulator.Requests[^1].Json!.Value.TryGetProperty("instructions", out _));

        options.ConversationId = null;
        // The same client remembers the instructions in force; another client does not, and sends them again.
        var grok = Grok();
        options.ConversationId = (await AskAsync(grok, isStreamed, options)).ConversationId;
        Assert.NotNull((await AskAsync(grok, isStreamed, options)).ConversationId);
        Assert.NotNull((await AskAsync(Grok(), isStreamed, options)).ConversationId);
        Assert.Equal(["system user", "user", "system user"], GetSentItems().Skip(2));
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
    public async Task Failed_stream_throws_and_has_no_conversation_id_with_Grok_client(string failure, Action<GrokEmulator> script, bool isSilent)
    {
        script(Emulator);
        var (fromAdapter, adapterError) = await ReadAsync(Adapter());
        Assert.Equal(isSilent, adapterError is null);
        // The adapter returns a conversation id for a failed answer.
        Assert.NotNull(fromAdapter[0].ConversationId);

        script(Emulator);
        var (fromGrok, end) = await ReadAsync(Grok());
        Assert.IsType<GrokException>(end);
        Assert.All(fromGrok, static u => Assert.Null(u.ConversationId));
        Assert.NotEmpty(failure);
    }

    [Fact]
    public async Task Answer_cut_within_a_call_has_no_conversation_id_with_Grok_client()
    {
        static ReplyBuilder Cut(ReplyBuilder reply) => reply.Call("f", "{\"a\":").Incomplete();
        Emulator.Script.Reply(static r => Cut(r)).Reply(static r => Cut(r));
        var (fromAdapter, _) = await ReadAsync(Adapter());
        Assert.NotNull(fromAdapter.ToChatResponse().ConversationId);
        Assert.Null(fromAdapter.ToChatResponse().FinishReason);
        var (fromGrok, _) = await ReadAsync(Grok());
        Assert.Null(fromGrok.ToChatResponse().ConversationId);
        Assert.Equal(ChatFinishReason.Length, fromGrok.ToChatResponse().FinishReason);
    }

    [Fact]
    public async Task Failed_answer_throws_with_Grok_client_and_is_empty_with_OpenAI_adapter()
    {
        static ReplyBuilder Failed(ReplyBuilder reply) => reply.Fail("server_error", "it broke");
        Emulator.Script.Reply(static r => Failed(r)).Reply(static r => Failed(r));
        var fromAdapter = await AskAsync(Adapter(), isStreamed: false);
        Assert.Equal("", fromAdapter.Text);
        Assert.NotNull(fromAdapter.ConversationId);
        Assert.Contains("it broke", (await Assert.ThrowsAsync<GrokException>(() => AskAsync(Grok(), isStreamed: false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_message_names_the_unknown_response_only_with_Grok_client()
    {
        var options = new ChatOptions { ConversationId = "5808284d-ae14-9981-9289-73515f67ebda" };
        var fromAdapter = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Adapter(), isStreamed: false, options));
        Assert.StartsWith("Service request failed.", fromAdapter.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("5808284d", fromAdapter.Message, StringComparison.Ordinal);
        var fromGrok = await Assert.ThrowsAsync<GrokException>(() => AskAsync(Grok(), isStreamed: false, options));
        Assert.Contains("5808284d", fromGrok.Message, StringComparison.Ordinal);
        Assert.Equal((GrokErrorKind.UnknownResponse, true), (fromGrok.Kind, fromGrok.RequestId is { Length: > 0 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reasoning_summary_parts_are_resent_separately_only_with_Grok_client(bool isStreamed)
    {
        var adapterOptions = new ChatOptions
        {
            RawRepresentationFactory = static _ => new CreateResponseOptions { StoredOutputEnabled = false, IncludedProperties = { IncludedResponseProperty.ReasoningEncryptedContent } },
        };
        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => ContinueAsync(Adapter(), adapterOptions))).Status);
        Assert.Equal("Part one.Part two.", GetResentParts());
        await ContinueAsync(Grok(isUnstored: true), new());
        Assert.Equal("Part one.|Part two.", GetResentParts());

        // Serializes the history, as a program with a database does.
        async Task ContinueAsync(IChatClient client, ChatOptions options)
        {
            Emulator.Script.Clear();
            Emulator.Script.Reply(static r => r.Reasoning("Part one.", "Part two.").Text("One.")).Reply("Two.");
            List<ChatMessage> history = [new(ChatRole.User, "Hello.")];
            var answer = isStreamed ? await client.GetStreamingResponseAsync(history, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(history, options, Now);
            history.AddRange(JsonSerializer.Deserialize<List<ChatMessage>>(JsonSerializer.Serialize(answer.Messages, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!);
            history.Add(new(ChatRole.User, "And?"));
            await client.GetResponseAsync(history, options, Now);
        }

        string GetResentParts() => string.Join('|', Emulator.Requests[^1].Items.Where(static i => i.GetProperty("type").GetString() == "reasoning").SelectMany(static i => i.GetProperty("summary").EnumerateArray()).Select(static p => p.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cost_and_streamed_finish_reason_are_reported_only_with_Grok_client(bool isStreamed)
    {
        foreach (var isCall in new[] { false, true })
        {
            Action<ReplyBuilder> reply = isCall ? static r => r.Call("f", "{}") : static r => r.Text("Hi.");
            Emulator.Script.Reply(reply).Reply(reply);
            var options = new ChatOptions { Tools = [Function] };
            var (fromAdapter, fromGrok) = (await AskAsync(Adapter(), isStreamed, options), await AskAsync(Grok(), isStreamed, options));
            var reason = isCall ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
            Assert.DoesNotContain(fromAdapter.Usage!.AdditionalCounts ?? [], static c => c.Key.Contains("cost", StringComparison.OrdinalIgnoreCase));
            Assert.True(fromGrok.Usage!.GetCostInUsd() > 0);
            Assert.Equal((isStreamed ? reason : null, reason), (fromAdapter.FinishReason, fromGrok.FinishReason!.Value));
        }
    }

    [Fact]
    public async Task Grok_client_sends_supported_options_and_rejects_others_when_strict()
    {
        var options = new ChatOptions { FrequencyPenalty = 1, PresencePenalty = 1, StopSequences = ["x"], Seed = 3, TopK = 4 };
        await AskAsync(Adapter(), isStreamed: false, options);
        await AskAsync(Grok(), isStreamed: false, options);
        Assert.Equal([[], ["prompt_cache_key", "seed", "top_k"]], Emulator.Requests.Select(static r => r.Json!.Value.EnumerateObject().Select(static m => m.Name).Except(["model", "input", "stream"]).Order(StringComparer.Ordinal).ToArray()));

        options.AdditionalProperties = new() { [GrokKeys.Request.StrictOptions] = true };
        await Assert.ThrowsAsync<NotSupportedException>(() => AskAsync(Grok(), isStreamed: false, options));
    }
}
