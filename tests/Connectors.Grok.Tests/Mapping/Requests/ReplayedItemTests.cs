using System.Text.Json;
using Connectors.Grok.Mapping.Requests;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>Items are sent back with the members by which the service recognizes their kind.</summary>
public class ReplayedItemTests
{
    [Theory]
    [InlineData("""{"type":"file_search_call","id":"f"}""", """{"type":"file_search_call","queries":[],"results":[],"id":"f"}""")]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":null,"id":"f"}""", """{"type":"file_search_call","queries":["q"],"results":[],"id":"f"}""")]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":[{"file_id":"x"}],"id":"f"}""", """{"type":"file_search_call","queries":["q"],"results":[{"file_id":"x"}],"id":"f"}""")]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":null,"id":"i"}""", """{"type":"code_interpreter_call","code":"1","outputs":[],"id":"i"}""")]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":[{"type":"logs","logs":"1"}],"id":"i"}""", """{"type":"code_interpreter_call","code":"1","outputs":[{"type":"logs","logs":"1"}],"id":"i"}""")]
    [InlineData("""{"type":"code_execution_call","code":"1","id":"i"}""", """{"type":"code_execution_call","code":"1","id":"i"}""")]
    [InlineData("""{"type":"mcp_call","server_label":"s","name":"n","arguments":"{}","output":null,"error":"down","id":"m"}""", """{"type":"mcp_call","server_label":"s","name":"n","arguments":"{}","output":"","error":"down","id":"m"}""")]
    [InlineData("""{"type":"reasoning","id":"r","encrypted_content":"b","status":null,"content":null}""", """{"type":"reasoning","summary":[],"encrypted_content":"b","id":"r"}""")]
    [InlineData("""{"type":"image_generation_call","id":"g","status":"generating","prompt":null,"result":null}""", """{"type":"image_generation_call","id":"g","status":"generating"}""")]
    public void Missing_required_member_is_sent_empty_and_null_is_not_sent(string received, string sent) =>
        Assert.Equal(sent, JsonSerializer.Serialize(ReplayedItem.From(JsonSerializer.Deserialize(received, WireJson.Context.ResponseItem)!), WireJson.Context.ResponseItem));

    [Fact]
    public async Task Raw_reasoning_item_is_sent_with_a_summary()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, static o => o.Store = false);
        await client.GetResponseAsync([new(ChatRole.Assistant, [new AIContent { RawRepresentation = new ReasoningItem { Id = "rs_1", EncryptedContent = "b" } }, new TextContent("a")]), new(ChatRole.User, "q")]);
        Assert.Equal("""{"type":"reasoning","summary":[],"encrypted_content":"b","id":"rs_1"}""", handler.LastJson["input"]![0]!.ToJsonString());
    }
}
