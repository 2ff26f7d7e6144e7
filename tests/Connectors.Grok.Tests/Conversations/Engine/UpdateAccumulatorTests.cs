using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class UpdateAccumulatorTests
{
    /// <summary>A pipeline between the client and its conversations may hand on pieces that carry nothing to tell them apart by.</summary>
    [Fact]
    public void Text_and_thought_stay_apart_where_nothing_but_their_kind_tells_them_apart()
    {
        using var collector = new UpdateAccumulator();
        foreach (var content in (AIContent[])[new TextReasoningContent("Hm"), new TextReasoningContent("m."), new TextContent("Ye"), new TextContent("s."), new TextReasoningContent("Why?")])
        {
            collector.Add(new ChatResponseUpdate(ChatRole.Assistant, [content]));
        }

        Assert.Equal(
            ["TextReasoningContent Hmm.", "TextContent Yes.", "TextReasoningContent Why?"],
            Assert.Single(collector.ToResponse().Messages).Contents.Select(static c => $"{c.GetType().Name} {(c as TextContent)?.Text ?? ((TextReasoningContent)c).Text}"));
    }

    [Fact]
    public void Results_come_last_where_nothing_but_usage_follows_them()
    {
        using var collector = new UpdateAccumulator();
        Assert.False(collector.EndsWithResults);
        collector.Add(new ChatResponseUpdate(ChatRole.Tool, [new FunctionResultContent("c1", "18")]));
        collector.Add(new ChatResponseUpdate(null, [new UsageContent(new())]));
        collector.Add(new ChatResponseUpdate(null, (IList<AIContent>)[]));
        Assert.True(collector.EndsWithResults);
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, "18"));
        Assert.False(collector.EndsWithResults);
    }

    [Theory]
    [InlineData("r1", "b")]
    [InlineData("r2", null)]
    public void The_id_is_the_last_one_that_the_last_answer_named(string last, string? id)
    {
        using var collector = new UpdateAccumulator();
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", ConversationId = "a" });
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", ConversationId = "b" });
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = last });
        Assert.Equal(id, collector.ToResponse().ConversationId);
    }
}
