using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

public class ResponseMapperTests
{
    [Fact]
    public void Adjacent_texts_are_merged_and_later_contents_stay_in_order()
    {
        MessageItem Message(params string[] texts) => new() { Content = [.. texts.Select(static t => new OutputTextPart { Text = t })] };
        var response = new GrokResponse { Id = "r", Status = "completed", Output = [Message("a", "b"), Message("c"), new FunctionCallItem { CallId = "call", Name = "f" }, Message("d", "e")] };
        var contents = ResponseMapper.ToResponse(response, new CreateResponseRequest()).Messages[0].Contents;
        Assert.Equal(["abc", "call", "de"], contents.Select(static c => c is TextContent text ? text.Text : ((FunctionCallContent)c).CallId));
    }

    [Fact]
    public void Response_without_output_has_no_contents()
    {
        var response = ResponseMapper.ToResponse(new GrokResponse { Id = "r", Status = "completed" }, new CreateResponseRequest { Model = "asked" });
        Assert.Empty(response.Messages[0].Contents);
        Assert.Equal(("r", null, "asked"), (response.ResponseId, response.ConversationId, response.ModelId));
    }

    [Theory]
    [InlineData("answered", "asked", "answered")]
    [InlineData(null, "asked", "asked")]
    [InlineData("answered", null, "answered")]
    public void Model_id_is_the_answering_model_or_else_the_requested_one(string? answered, string? asked, string? model)
    {
        var (response, request) = (new GrokResponse { Id = "r", Model = answered, Status = "completed" }, new CreateResponseRequest { Model = asked });
        Assert.Equal(model, ResponseMapper.ToResponse(response, request).ModelId);
        Assert.Equal(model, new StreamMapper(request).ToUpdate(new(new LifecycleEvent("response.completed") { Response = response }))!.ModelId);
        var (thinker, alias) = ReasoningOrigin.From(answered, asked);
        Assert.Equal((model, answered is null ? null : asked), (thinker, alias));
    }
}
