using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Cases in which a turn could be taken for another one: ids that are used again, edited documents, images that are not sent.</summary>
public sealed class MistakenTurnTests : StatefulServiceTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Regenerating_does_not_repeat_a_system_message_that_a_whole_history_changed_earlier(bool stream)
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 3; turn++)
        {
            history.Add(User($"question {turn}"));
            ChatMessage[] system = turn == 1 ? [] : [SystemMessage("Be brief.")];
            history.AddRange((await client.Ask(stream, [.. system, .. history], Named())).Messages);
        }

        var seen = Text(Service.Seen);
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
    }

    /// <summary>The head awaits a call whose id the messages of the earlier turn answer, because the model uses its ids again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Explicit_parent_turn_wins_when_the_head_awaits_a_call_of_the_same_id(bool stream)
    {
        var inner = new ScriptedClient([.. Enumerable.Range(1, 3).Select(turn => (Func<ChatResponseUpdate[]>)(() =>
        {
            var answer = ScriptedClient.Text($"answer {turn}", $"r{turn}");
            answer[0].Contents = turn <= 2 ? [new FunctionCallContent("call_1", "f", new Dictionary<string, object?> { ["n"] = turn })] : answer[0].Contents;
            return answer;
        }))]);
        var client = Conversations(inner: inner);
        await client.Ask(stream, [User("call it")], Named());
        await client.Ask(stream, [Result("call_1", "18 degrees"), User("again")], Named());
        await Regenerate(client, stream);
        Assert.Equal("r1", inner.Sent[^1].Options!.ConversationId);
    }

    /// <summary>The document's fingerprints are those of the text before the edit.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Imported_document_with_another_text_and_checksum_is_not_taken_for_the_original(bool stream)
    {
        var client = Conversations();
        List<ChatMessage> history = [User("question 1")];
        history.AddRange((await client.Ask(stream, history, Named())).Messages);
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync("t", document);
        var json = JsonNode.Parse(Encoding.UTF8.GetString(document.ToArray()).Replace("answer r1", "edited r1", StringComparison.Ordinal))!.AsObject();
        var relaxed = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        json["checksum"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(new JsonArray(json["head"]?.DeepClone(), json["turns"]!.DeepClone()).ToJsonString(relaxed))));
        using var edited = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString(relaxed)));
        await client.Conversations.ImportAsync("copy", edited);
        List<ChatMessage> posted = [.. Kept("texts", history), User("question 2")];
        await client.Ask(stream, posted, Named(id: "copy"));
        // The copy holds no answer that was posted: the messages are new to it.
        Assert.Equal($"user: question 1\nassistant: edited r1\n{Text(posted)}", Text(Service.Seen));
    }

    /// <summary>An image that the Grok client would reject is hashed by the type name of its list.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Edited_image_that_is_neither_JPEG_nor_PNG_is_noticed(bool isTracked)
    {
        IChatClient client = isTracked ? Tracking() : Conversations();
        var options = isTracked ? null : Named();
        List<ChatMessage> history = [User("call it")];
        history.AddRange((await client.Ask(false, history, options)).Messages);
        var id = history[1].Contents.OfType<FunctionCallContent>().Single().CallId;
        history.Add(Result(id, new AIContent[] { new DataContent(new byte[] { 1 }, "image/gif") }));
        history.AddRange((await client.Ask(false, history, options)).Messages);
        history[2] = Result(id, new AIContent[] { new DataContent(new byte[] { 2 }, "image/gif") });
        history.Add(User("and now?"));
        await client.Ask(false, history, options);
        Assert.True(Service.Sent > 1);
    }

    /// <summary>A request that continues by id takes two reads at most. One that resends reads the path as well, and a regeneration looks for its question first.</summary>
    [Theory]
    [InlineData("a whole history of turns that are not stored, under a protector", "LookUpAsync LookUpAsync GetPathAsync")]
    [InlineData("a parent turn that is not stored", "LookUpAsync GetTurnAsync GetPathAsync")]
    [InlineData("a regeneration", "FindAsync GetPathAsync LookUpAsync GetTurnAsync GetPathAsync")]
    public async Task Resending_reads_the_path_once_more(string what, string expected)
    {
        var store = new HookedStore(Store);
        var reads = new List<string>();
        var inner = new ScriptedClient([.. Enumerable.Range(1, 6).Select(turn => (Func<ChatResponseUpdate[]>)(() =>
        {
            reads = [.. store.Calls];
            return ScriptedClient.Text($"answer {turn}", null);
        }))]);
        var client = Conversations(o => o.Protector = what.Contains("protector", StringComparison.Ordinal) ? new XorProtector() : null, inner, store);
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 5; turn++)
        {
            history.Add(User($"question {turn}"));
            history.AddRange((await client.Ask(false, [history[^1]], Named())).Messages);
        }

        var parent = (await client.Conversations.GetTurnsAsync("t"))[1].Id;
        store.Calls.Clear();
        await (what switch
        {
            "a regeneration" => client.RegenerateAsync("t"),
            "a parent turn that is not stored" => client.Ask(false, [User("again")], Named().WithParentTurn(parent)),
            _ => client.Ask(false, [.. history, User("question 6")], Named()),
        });
        Assert.Equal(expected, string.Join(' ', reads));
    }
}
