using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Tests.Foundation;

public class InputImagesTests
{
    [Fact]
    public void Input_contains_an_image_when_one_result_part_is_an_image()
    {
        Assert.True(InputImages.Contains([new MessageItem(), Result(new InputTextPart("a"), new InputImagePart())]));
        Assert.False(InputImages.Contains([new FunctionCallOutputItem(), Result(), Result(new InputTextPart("a")), new UnknownItem("x", JsonDocument.Parse("{}").RootElement)]));

        static FunctionCallOutputItem Result(params ResponsePart[] parts) => new() { Output = new ToolOutput(null, parts) };
    }
}
