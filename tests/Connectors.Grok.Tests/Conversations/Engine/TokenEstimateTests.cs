using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class TokenEstimateTests
{
    private const long OfMessage = 3;
    private const long OfImage = 1_500;

    public static TheoryData<string, long> Texts => new() { { "", 0 }, { "a", 1 }, { "abcd", 1 }, { "abcde", 2 }, { "é€", 2 }, { "abcdefgh", 2 } };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_has_a_token_for_each_four_bytes_begun(string text, long tokens)
    {
        Assert.Equal(OfMessage + tokens, Of(new TextContent(text)));
        Assert.Equal(OfMessage + tokens, Of(new FunctionResultContent("c", text)));
        Assert.Equal(OfMessage + tokens, Of(new FunctionCallContent("c", text)));
        Assert.Equal(OfMessage + tokens, Of(new TextReasoningContent(text)));
        Assert.Equal(OfMessage + tokens, Of(new TextReasoningContent("a summary that is longer") { ProtectedData = text }));
        Assert.Equal(OfMessage + tokens, Of(new AIContent { AdditionalProperties = new() { [GrokKeys.Content.Item] = text } }));
    }

    [Fact]
    public void Arguments_of_a_call_count_with_their_names() =>
        Assert.Equal(OfMessage + 1 + (2 + 1) + (1 + 0), Of(new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["where"] = 7, ["when"] = null })));

    [Fact]
    public void Contents_add_up_and_those_without_a_text_count_nothing()
    {
        Assert.Equal(OfMessage, Of());
        Assert.Equal(OfMessage + 1 + 2, Of(new TextContent("a"), new TextContent("abcde"), new FunctionResultContent("c", null), new UsageContent(new() { OutputTokenCount = 500 }), new AIContent()));
    }

    [Fact]
    public void Image_has_a_fixed_number_and_a_file_its_bytes()
    {
        Assert.Equal(OfMessage + OfImage, Of(new DataContent(new byte[9], "image/png")));
        Assert.Equal(OfMessage + OfImage, Of(new UriContent("https://example.org/a.png", "image/png")));
        Assert.Equal(OfMessage + 2, Of(new DataContent(new byte[9], "application/pdf")));
    }

    private static long Of(params AIContent[] contents) => TokenEstimate.Of(new ChatMessage(ChatRole.User, contents));
}
