using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>Rule 4: when the plain client sends instructions again with a conversation that it continues by id.</summary>
public sealed class ContinuedInstructionsTests : IDisposable
{
    private readonly StubHandler _handler = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Continuation_resends_instructions_only_when_they_changed(bool isStreamed)
    {
        using var client = Some.Client(_handler);
        Assert.Equal("Be brief.|hi", await Sent(client, isStreamed, "a", null, "Be brief."));
        Assert.Equal("hi", await Sent(client, isStreamed, "b", "a", "Be brief."));
        Assert.Equal("hi", await Sent(client, isStreamed, "c", "b", null));
        Assert.Equal("hi", await Sent(client, isStreamed, "d", "c", "Be brief."));
        Assert.Equal("Be polite.|hi", await Sent(client, isStreamed, "e", "d", "Be polite."));
        Assert.Equal("hi", await Sent(client, isStreamed, "f", "e", "Be polite."));
        Assert.Equal("Be brief.|hi", await Sent(client, isStreamed, "g", "f", "Be brief."));
        // A fork of an older answer follows the instructions of that answer.
        Assert.Equal("hi", await Sent(client, isStreamed, "h", "b", "Be brief."));
    }

    [Fact]
    public async Task Instructions_added_on_a_later_turn_are_sent_once()
    {
        using var client = Some.Client(_handler);
        Assert.Equal("hi", await Sent(client, false, "a", null, null));
        Assert.Equal("Be brief.|hi", await Sent(client, false, "b", "a", "Be brief."));
        Assert.Equal("hi", await Sent(client, false, "c", "b", "Be brief."));
    }

    [Fact]
    public async Task Instructions_are_sent_once_when_those_of_the_previous_response_are_unknown()
    {
        using var client = Some.Client(_handler);
        Assert.Equal("Be brief.|hi", await Sent(client, false, "b", "of-another-process", "Be brief."));
        Assert.Equal("hi", await Sent(client, false, "c", "b", "Be brief."));
        // A call without instructions does not tell which are in force.
        Assert.Equal("hi", await Sent(client, false, "d", "of-another-process", null));
        Assert.Equal("Be brief.|hi", await Sent(client, false, "e", "d", "Be brief."));
    }

    [Fact]
    public async Task ContinuationInstructions_Never_keeps_the_instructions_of_the_first_turn()
    {
        using var client = Client(ContinuationInstructions.Never);
        Assert.Equal("Be brief.|hi", await Sent(client, false, "a", null, "Be brief."));
        Assert.Equal("hi", await Sent(client, false, "b", "a", "Be polite."));
        Assert.Equal("hi", await Sent(client, false, "c", "unknown", "Be polite."));
    }

    [Fact]
    public async Task ContinuationInstructions_Always_sends_the_instructions_with_every_call()
    {
        using var client = Client(ContinuationInstructions.Always);
        Assert.Equal("Be brief.|hi", await Sent(client, false, "a", null, "Be brief."));
        Assert.Equal("Be brief.|hi", await Sent(client, false, "b", "a", "Be brief."));
    }

    [Fact]
    public async Task ContinuationInstructions_Throw_accepts_unchanged_instructions_and_rejects_others()
    {
        using var client = Client(ContinuationInstructions.Throw);
        Assert.Equal("Be brief.|hi", await Sent(client, false, "a", null, "Be brief."));
        Assert.Equal("hi", await Sent(client, false, "b", "a", "Be brief."));
        Assert.Equal("hi", await Sent(client, false, "c", "b", null));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Sent(client, false, "d", "c", "Be polite."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Sent(client, false, "d", "unknown", "Be brief."));
        Assert.Equal(3, _handler.Requests.Count);
    }

    [Fact]
    public void Instructions_memory_drops_the_oldest_response_at_its_capacity()
    {
        var memory = new ResponseMemory(capacity: 2);
        memory.Add("a", 1);
        memory.Add("b", 2);
        memory.Add("a", 3);
        Assert.Equal((UInt128?)3, memory.Find("a"));
        Assert.Equal((UInt128?)2, memory.Find("b"));
        memory.Add("c", 4);
        Assert.Null(memory.Find("a"));
        Assert.Equal((UInt128?)2, memory.Find("b"));
        Assert.Equal((UInt128?)4, memory.Find("c"));
    }

    [Fact]
    public void Instructions_hash_differs_by_content_and_ignores_blank_instructions()
    {
        Assert.Equal(ResponseMemory.HashInstructions([]), ResponseMemory.HashInstructions([" "]));
        Assert.NotEqual(ResponseMemory.HashInstructions([]), ResponseMemory.HashInstructions(["a"]));
        Assert.NotEqual(ResponseMemory.HashInstructions(["ab"]), ResponseMemory.HashInstructions(["a", "b"]));
    }

    public void Dispose() => _handler.Dispose();

    private GrokChatClient Client(ContinuationInstructions instructions) => Some.Client(_handler, o => o.ContinuationInstructions = instructions);

    /// <summary>Continues an answer; returns the texts that were sent.</summary>
    private async Task<string> Sent(IChatClient client, bool isStreamed, string id, string? previous, string? instructions)
    {
        var message = Some.Message("ok");
        _ = isStreamed
            ? _handler.Sse([.. new[] { Some.Created, Some.TextDelta("ok"), Some.Done(0, message), Some.Completed(message) }.Select(f => f.Replace(Some.Id, id, StringComparison.Ordinal))])
            : _handler.Json(Some.Answer(message).Replace(Some.Id, id, StringComparison.Ordinal));
        await client.Ask(isStreamed, [new(ChatRole.User, "hi")], new ChatOptions { ConversationId = previous, Instructions = instructions });
        return string.Join('|', _handler.LastJson["input"]!.AsArray().SelectMany(static i => i!["content"]!.AsArray()).Select(static p => (string?)p!["text"]));
    }
}
