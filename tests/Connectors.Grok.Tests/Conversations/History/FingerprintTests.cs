using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>When two histories are the same, as the stamp of an answer tells.</summary>
public class FingerprintTests
{
    /// <summary>They are kept for as long as a conversation is: another version of this library must come to the same.</summary>
    [Theory]
    [InlineData("system", "s1", "aYes.")]
    [InlineData("user", "u1", "aYes.")]
    [InlineData("assistant", "a1Yes.")]
    [InlineData("tool", "t1", "aYes.")]
    [InlineData("call", "c1", "aYes.")]
    [InlineData("result", "rc\n1", "aYes.")]
    [InlineData("data", "d1", "aYes.")]
    [InlineData("link", "lhttps://example.org/1", "aYes.")]
    [InlineData("file", "f1", "aYes.")]
    public async Task Stored_fingerprints_remain_valid(string what, params string[] links)
    {
        byte[] chain = [];
        foreach (var link in links)
        {
            chain = SHA256.HashData([.. chain, .. Encoding.UTF8.GetBytes(link)]);
        }

        Assert.Equal(Convert.ToHexString(chain), await Of(One(what, "1")));
    }

    [Fact]
    public async Task Fingerprint_differs_when_the_role_the_kind_or_the_content_differs()
    {
        string[] kinds = ["system", "user", "assistant", "tool", "call", "result", "data", "link", "file"];
        var all = new List<string> { await Of() };
        foreach (var kind in kinds)
        {
            all.Add(await Of(One(kind, "1")));
            all.Add(await Of(One(kind, "2")));
            all.Add(await Of(One(kind, "1"), One(kind, "2")));
        }

        Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Fingerprint_ignores_split_messages_empty_texts_and_reasoning()
    {
        var whole = await Of(new(ChatRole.User, "One"), new(ChatRole.User, "Two"));
        Assert.Equal(whole, await Of(new ChatMessage(ChatRole.User, "OneTwo")));
        Assert.Equal(whole, await Of(new(ChatRole.User, "One"), new(ChatRole.Assistant, ""), new(ChatRole.Assistant, [new TextReasoningContent("Hm.")]), new(ChatRole.User, "Two")));
        Assert.NotEqual(whole, await Of(new(ChatRole.User, "One"), new(ChatRole.Assistant, "?"), new(ChatRole.User, "Two")));
    }

    private static ChatMessage One(string kind, string what) => kind switch
    {
        "system" => new(ChatRole.System, what),
        "user" => new(ChatRole.User, what),
        "assistant" => new(ChatRole.Assistant, what),
        "tool" => new(ChatRole.Tool, what),
        "call" => new(ChatRole.Assistant, [new FunctionCallContent(what, "f")]),
        "result" => new(ChatRole.Tool, [new FunctionResultContent("c", what)]),
        "data" => new(ChatRole.User, [new DataContent(Encoding.UTF8.GetBytes(what), "image/png")]),
        "link" => new(ChatRole.User, [new UriContent($"https://example.org/{what}", "image/png")]),
        _ => new(ChatRole.User, [new HostedFileContent(what)]),
    };

    private static async Task<string> Of(params ChatMessage[] messages)
    {
        var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."));
        using var client = model.AsHistoryTrackingClient();
        return (string)(await client.GetResponseAsync([.. messages])).Messages[0].AdditionalProperties![GrokKeys.History.Fingerprint]!;
    }
}
