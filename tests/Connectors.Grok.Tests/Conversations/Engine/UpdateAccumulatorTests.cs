using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class UpdateAccumulatorTests
{
    /// <summary>A pipeline between the client and its conversations may hand on pieces that carry nothing to tell them apart by.</summary>
    [Fact]
    public void Update_accumulator_separates_text_and_reasoning_without_ids()
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
    public void EndsWithResults_is_true_when_only_usage_or_nothing_follows_function_results()
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
    public void ConversationId_is_the_last_one_named_by_the_last_response(string last, string? id)
    {
        using var collector = new UpdateAccumulator();
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", ConversationId = "a" });
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", ConversationId = "b" });
        collector.Add(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = last });
        Assert.Equal(id, collector.ToResponse().ConversationId);
    }
}
