using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

public class GrokContentExtensionsTests
{
    [Fact]
    public void Hosted_tool_call_returns_name_input_and_item_JSON()
    {
        var call = new ToolCallContent("call-1")
        {
            AdditionalProperties = new()
            {
                [GrokKeys.Content.ToolName] = "x_semantic_search",
                [GrokKeys.Content.ToolInput] = """{"query":"x"}""",
                [GrokKeys.Content.Item] = """{"type":"custom_tool_call"}""",
            },
        };
        Assert.Equal(("x_semantic_search", """{"query":"x"}""", """{"type":"custom_tool_call"}"""), (call.GetToolName(), call.GetToolInput(), call.GetItemJson()));
    }

    [Fact]
    public void Content_without_keys_returns_null()
    {
        var call = new ToolCallContent("call-1");
        Assert.Equal((null, null, null), (call.GetToolName(), call.GetToolInput(), call.GetItemJson()));
        Assert.Throws<ArgumentNullException>("content", static () => ((AIContent)null!).GetItemJson());
    }
}
