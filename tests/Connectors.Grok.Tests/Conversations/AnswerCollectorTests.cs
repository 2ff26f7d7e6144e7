using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

public class AnswerCollectorTests
{
    /// <summary>A pipeline between the client and its conversations may hand on pieces that carry nothing to tell them apart by.</summary>
    [Fact]
    public void Text_and_thought_stay_apart_where_nothing_but_their_kind_tells_them_apart()
    {
        using var collector = new AnswerCollector();
        foreach (var content in (AIContent[])[new TextReasoningContent("Hm"), new TextReasoningContent("m."), new TextContent("Ye"), new TextContent("s."), new TextReasoningContent("Why?")])
        {
            collector.Add(new ChatResponseUpdate(ChatRole.Assistant, [content]));
        }

        Assert.Equal(
            ["TextReasoningContent Hmm.", "TextContent Yes.", "TextReasoningContent Why?"],
            Assert.Single(collector.ToResponse().Messages).Contents.Select(static c => $"{c.GetType().Name} {(c as TextContent)?.Text ?? ((TextReasoningContent)c).Text}"));
    }
}
