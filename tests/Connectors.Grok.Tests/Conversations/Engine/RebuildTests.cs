using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>When a conversation is resent in full, when it is not, and how that is reported.</summary>
public class RebuildTests : ScriptedConversationTest
{
    private static readonly UriContent Image = new("https://example.com/a.png", "image/png");

    public static TheoryData<string, bool, bool> UnrecoverableFailures => new()
    {
        { "UnknownResponse", false, false },
        { "InvalidRequest", false, true },
        { "InvalidRequest", true, false },
        { "EncryptedContentRejected", true, false },
        { "EncryptedContentRejected", false, false },
        { "Server", true, true },
        { "RateLimit", false, false },
    };

    [Theory]
    [MemberData(nameof(UnrecoverableFailures))]
    public async Task Failure_that_a_rebuild_cannot_repair_is_rethrown_without_a_retry(string kind, bool isSecondTurn, bool hasImage)
    {
        foreach (var isStreamed in (bool[])[false, true])
        {
            var failure = new GrokException(Enum.Parse<GrokErrorKind>(kind), "No.");
            var inner = new ScriptedClient(isSecondTurn ? [Answers("1"), Fails(failure)] : [Fails(failure)]);
            var client = Over(inner);
            var id = $"{kind} {isStreamed}";
            if (isSecondTurn)
            {
                await Say(client, "One.", id: id);
            }

            ChatMessage[] messages = [hasImage ? Some.User(Image, new TextContent("Look.")) : Some.User(new TextContent("Hello."))];
            var options = new ChatOptions { ConversationId = id };
            Assert.Same(failure, await Record.ExceptionAsync(() =>
                isStreamed ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options)));
            Assert.Equal(isSecondTurn ? 2 : 1, inner.Sent.Count);
        }
    }

    [Theory]
    [InlineData("image/png", true)]
    [InlineData("application/pdf", false)]
    public async Task Rejected_image_rebuilds_the_conversation_and_another_rejected_file_throws(string type, bool isSentAnew)
    {
        foreach (var content in (AIContent[])[new UriContent("https://example.com/a", type), new DataContent(Some.Png, type)])
        {
            var inner = new ScriptedClient(Answers("1!"), Fails(new GrokException(GrokErrorKind.InvalidRequest, "No images here.")), Answers("A dot.", "r2"));
            var client = Over(inner);
            var id = content.GetType().Name + type;
            await Say(client, "1?", id: id);
            if (!isSentAnew)
            {
                await Assert.ThrowsAsync<GrokException>(() => Say(client, [Some.User(content)], id: id));
                continue;
            }

            var answer = await Say(client, [Some.User(content)], id: id);
            Assert.Equal("ImagesRefused", answer.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);
            Assert.Equal($"user: 1?\nassistant: 1!\nuser: {content.GetType().Name}", Said(inner.Sent[^1].Messages));
            Assert.Null(inner.Sent[^1].Options!.ConversationId);
        }
    }

    [Fact]
    public async Task Turn_records_whether_it_was_rebuilt_and_when_its_response_expires()
    {
        var client = Over(new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", null), Answers("4", "r4")), static o => o.ServerRetention = TimeSpan.FromHours(1));
        foreach (var text in (string[])["One.", "Two.", "Three.", "Four."])
        {
            await Say(client, text);
        }

        var turns = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal([false, false, false, true], turns.Select(static t => t.IsRebuilt));
        Assert.Equal([true, true, false, true], turns.Select(static t => t.IsStored));
        var hour = Clock.GetUtcNow().AddHours(1);
        Assert.Equal([hour, hour, null, hour], turns.Select(static t => t.ExpiresAt));
        Assert.Equal(["r1", "r2", "r4"], turns.SelectMany(static t => t.StoredResponseIds));
    }

    [Theory]
    [InlineData(-1, "r1")]
    [InlineData(0, null)]
    [InlineData(1, null)]
    public async Task Response_is_not_continued_by_id_from_the_moment_it_expires(long ticks, string? continued)
    {
        await CreateConversationAsync("1?");
        Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromTicks(ticks));
        var inner = new ScriptedClient(Answers("2!", "r2"));
        await Say(Over(inner), "2?");
        Assert.Equal(continued, inner.Sent[0].Options!.ConversationId);
        Assert.Equal(continued is null ? "user: 1?\nassistant: answer 1\nuser: 2?" : "user: 2?", Said(inner.Sent[0].Messages));
    }

    [Fact]
    public async Task Rebuild_of_a_conversation_that_was_not_kept_throws_with_cause_and_advice()
    {
        var unknown = new GrokException(GrokErrorKind.UnknownResponse, "Gone.");
        var client = Over(new ScriptedClient(Answers("1"), Fails(unknown)), static o => o.Retention = ConversationRetention.Nothing);
        await Say(client, "One.");
        var e = await Assert.ThrowsAsync<GrokException>(() => Say(client, "Two."));
        Assert.Equal(
            "The conversation 'ticket-4711' must be resent in full (UnknownResponse), but its messages were not kept (ConversationOptions.Retention is Nothing). "
            + "Pass the whole history with the call, or begin a new conversation.",
            e.Message);
        Assert.Equal((GrokErrorKind.UnknownResponse, (Exception)unknown), (e.Kind, e.InnerException));
    }

    [Fact]
    public async Task Rebuild_throws_when_only_part_of_the_conversation_was_kept()
    {
        await Say(Over(new ScriptedClient(Answers("1")), static o => o.Retention = ConversationRetention.Nothing), "One.");
        var inner = new ScriptedClient(Answers("2", "r2"), Fails(new GrokException(GrokErrorKind.UnknownResponse, "Gone.")));
        var client = Over(inner);
        await Say(client, "Two.");
        Assert.Contains("were not kept", (await Assert.ThrowsAsync<GrokException>(() => Say(client, "Three."))).Message, StringComparison.Ordinal);
        Assert.Equal(2, inner.Sent.Count);
    }

    [Fact]
    public async Task Rejected_reasoning_is_omitted_from_later_turns_and_new_reasoning_is_sent()
    {
        static AIContent Reasoning(string text) => new TextReasoningContent(text) { ProtectedData = text };
        var inner = new ScriptedClient(
            Answers([Reasoning("a"), new TextContent("1!")], null),
            Fails(new GrokException(GrokErrorKind.EncryptedContentRejected, "Sealed with another key.")),
            Answers([Reasoning("b"), new TextContent("2!")], null),
            Answers("3!", null));
        var client = Over(inner);
        foreach (var text in (string[])["1?", "2?", "3?"])
        {
            await Say(client, text);
        }

        Assert.Equal("user: 1?\nassistant: TextReasoningContent, 1!\nuser: 2?", Said(inner.Sent[1].Messages));
        Assert.Equal("user: 1?\nassistant: 1!\nuser: 2?", Said(inner.Sent[2].Messages));
        Assert.Equal("user: 1?\nassistant: 1!\nuser: 2?\nassistant: TextReasoningContent, 2!\nuser: 3?", Said(inner.Sent[3].Messages));
    }

    [Fact]
    public async Task Rebuild_is_counted_logged_and_tagged_on_the_activity()
    {
        using var meter = new MeterListener();
        // Other tests run beside this one, and the meter hears them too.
        var reasons = new ConcurrentQueue<string>();
        meter.InstrumentPublished = static (i, l) =>
        {
            if (i.Meter.Name == "Connectors.Grok.Conversations")
            {
                l.EnableMeasurementEvents(i);
            }
        };
        meter.SetMeasurementEventCallback<long>((i, n, tags, _) => reasons.Enqueue($"{i.Name} {n} {i.Unit} {string.Join(' ', tags.ToArray())}"));
        meter.Start();
        var log = new ListLogger();
        var client = Over(new ScriptedClient(Answers("1", null), Answers("2")), o => o.LoggerFactory = log);
        await Say(client, "A secret.");
        using var activity = new Activity("test").Start();
        await Say(client, "Another secret.");
        Assert.Contains("grok.conversation.rebuilds 1 {rebuild} [grok.rebuild.reason, NotStored]", reasons);
        Assert.Equal(["Resending the conversation ticket-4711 in full: NotStored."], log.Lines);
        Assert.Equal(["Connectors.Grok.Conversations"], log.Categories.Distinct());
        Assert.Equal("NotStored", Assert.Single(activity.TagObjects, static t => t.Key == "grok.conversation.rebuilt").Value);
    }
}
