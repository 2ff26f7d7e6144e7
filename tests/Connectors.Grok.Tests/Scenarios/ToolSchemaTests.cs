using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Tools that the service rejects as they are, and accepts as the client sends them.</summary>
public class ToolSchemaTests : EmulatorTest
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{}}},{"type":"object"}]}""")]
    [InlineData("""{"oneOf":[{"oneOf":[{"type":"object"},{"type":"object"}]}]}""")]
    [InlineData("""{"anyOf":[{"$ref":"#/$defs/A"}],"$defs":{"A":{"type":"object"}}}""")]
    [InlineData("""{"anyOf":[{"type":"object"},{"type":"null"}]}""")]
    [InlineData("""{"type":["object","null"],"properties":{}}""")]
    public async Task Parameters_whose_root_is_a_choice_are_rejected_raw_and_accepted_as_the_client_sends_them(string schema)
    {
        using var client = Client();
        var parameters = JsonDocument.Parse(schema).RootElement;
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("Hi", new ChatOptions { Tools = [new FunctionTool { Name = "f", Parameters = parameters }.AsAITool()] }));
        Assert.Equal(400, e.Status);
        Assert.Contains("tool parameter root must be an object type", e.Message, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, (await client.GetResponseAsync("Hi", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("f", null, parameters)], ToolMode = ChatToolMode.None })).FinishReason);
    }

    [Fact]
    public async Task Function_named_like_a_tool_of_xAI_is_called_and_answered_beside_that_tool()
    {
        using var client = Client();
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.CreateDeclaration("web_search", "Searches our wiki.", JsonDocument.Parse("""{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}""").RootElement), new HostedWebSearchTool()],
            ToolMode = ChatToolMode.RequireSpecific("web_search"),
        };
        var answer = await client.GetResponseAsync("Search for emulators.", options);
        var call = Assert.Single(answer.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("web_search", call.Name);

        options.ToolMode = null;
        options.ConversationId = answer.ConversationId;
        Assert.NotEqual("", (await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "Found it.")])], options)).Text);
    }
}
