using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>The image generation layer of Microsoft.Extensions.AI: the hosted tool becomes functions, whose images replace the calls in the answer.</content>
public abstract partial class BehaviourTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Generated_image_is_returned(bool isStreamed)
    {
        using var generator = new RecordingImageGenerator();
        Answer("image of a cat", static r => r.Call("GenerateImage", """{"prompt":"a cat"}"""));
        AnswerGenerated();
        var response = await AskForImageAsync(ImageClient(generator), isStreamed, [new(ChatRole.User, "Generate an image of a cat.")]);
        Assert.Equal(("a cat", null), (generator.Requests.Single().Request.Prompt, generator.Requests.Single().Request.OriginalImages));
        var image = Assert.Single(Images(response));
        Assert.Equal(("image/png", false), (image.MediaType, image.Data.IsEmpty));
        Assert.Equal("Here it is.", response.Messages[^1].Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Image_of_the_request_is_edited(bool isStreamed)
    {
        using var generator = new RecordingImageGenerator();
        Answer("red border", static r => r.Call("EditImage", """{"prompt":"add a red border","imageId":"original.png"}"""));
        AnswerGenerated();
        byte[] original = [0x89, 0x50, 0x4E, 0x47];
        await AskForImageAsync(ImageClient(generator), isStreamed, [new(ChatRole.User, [new TextContent("Add a red border."), new DataContent(original, "image/png") { Name = "original.png" }])]);
        var edited = Assert.IsType<DataContent>(Assert.Single(generator.Requests.Single().Request.OriginalImages!));
        Assert.Equal(("image/png", "original.png"), (edited.MediaType, edited.Name));
        Assert.Equal(original, edited.Data.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Generated_image_of_the_history_is_edited(bool isStreamed)
    {
        using var generator = new RecordingImageGenerator();
        Answer("image of a dog", static r => r.Call("GenerateImage", """{"prompt":"a dog"}"""));
        Answer("more colorful", static r => r.Call("EditImage", """{"prompt":"more colorful","imageId":"generated_image_1.png"}"""));
        AnswerGenerated();
        var client = ImageClient(generator);
        List<ChatMessage> history = [new(ChatRole.User, "Generate an image of a dog.")];
        var first = await AskForImageAsync(client, isStreamed, history);
        history.AddRange(first.Messages);
        history.Add(new(ChatRole.User, "Make it more colorful."));
        var second = await AskForImageAsync(client, isStreamed, history);
        Assert.Equal([null, 1], generator.Requests.Select(static r => r.Request.OriginalImages?.Count()));
        var edited = Assert.IsType<DataContent>(generator.Requests[1].Request.OriginalImages!.Single());
        Assert.Equal((Images(first).Single(), "generated_image_1.png"), (edited, edited.Name));
        Assert.Single(Images(second));
    }

    [Theory]
    [InlineData(false, "generated_image_2.png", 1)]
    [InlineData(true, "generated_image_2.png", 1)]
    [InlineData(false, "generated_image_1.png", 0)]
    [InlineData(true, "generated_image_1.png", 0)]
    public async Task Any_image_of_the_history_is_edited(bool isStreamed, string imageId, int answer)
    {
        using var generator = new RecordingImageGenerator();
        Answer("image of a tree", static r => r.Call("GenerateImage", """{"prompt":"a tree"}"""));
        Answer("add flowers", static r => r.Call("EditImage", """{"prompt":"add flowers","imageId":"generated_image_1.png"}"""));
        Answer("add birds", r => r.Call("EditImage", $$"""{"prompt":"add birds","imageId":"{{imageId}}"}"""));
        AnswerGenerated();
        var client = ImageClient(generator);
        List<ChatMessage> history = [];
        List<ChatResponse> responses = [];
        foreach (var question in new[] { "Generate an image of a tree.", "Please add flowers.", "Please add birds." })
        {
            history.Add(new(ChatRole.User, question));
            responses.Add(await AskForImageAsync(client, isStreamed, history));
            history.AddRange(responses[^1].Messages);
        }

        Assert.Equal(3, generator.Requests.Count);
        Assert.Equal(Images(responses[answer]).Single(), generator.Requests[2].Request.OriginalImages!.Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Options_of_the_image_tool_reach_the_generator(bool isStreamed)
    {
        using var generator = new RecordingImageGenerator();
        Answer("castle", static r => r.Call("GenerateImage", """{"prompt":"a castle"}"""));
        AnswerGenerated();
        var tool = new HostedImageGenerationTool { Options = new() { Count = 2, ImageSize = new(512, 512) } };
        await AskForImageAsync(ImageClient(generator), isStreamed, [new(ChatRole.User, "Generate an image of a castle.")], tool);
        var options = generator.Requests.Single().Options!;
        Assert.Equal((2, new System.Drawing.Size(512, 512)), (options.Count, options.ImageSize));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_are_sent_as_placeholders(bool isStreamed)
    {
        using var generator = new RecordingImageGenerator();
        Answer("an image to process", "What shall I do with it?");
        await AskForImageAsync(ImageClient(generator), isStreamed, [new(ChatRole.User, [new TextContent("Here's an image to process."), new DataContent(Png, "image/png") { Name = "test.png" }])]);
        Emulator.Requests.Single().ShouldSend("user").ShouldBeStored().ShouldContain("test.png] available for edit").ShouldNotContain("input_image");
    }

    private static async Task<ChatResponse> AskForImageAsync(IChatClient client, bool isStreamed, IReadOnlyList<ChatMessage> messages, HostedImageGenerationTool? tool = null)
    {
        var response = await AskAsync(client, isStreamed, messages, new() { Tools = [tool ?? new HostedImageGenerationTool()] });
        Assert.DoesNotContain("meai_image", response.Text, StringComparison.OrdinalIgnoreCase);
        Assert.All(Images(response), static i => Assert.IsType<string>(i.AdditionalProperties!["meai_image"]));
        return response;
    }

    private static IEnumerable<DataContent> Images(ChatResponse response) =>
        response.Messages.SelectMany(static m => m.Contents).OfType<ImageGenerationToolResultContent>().SelectMany(static r => r.Outputs!).OfType<DataContent>();

    private void AnswerGenerated()
    {
        AnswerResult("Generated image successfully.", "Here it is.");
        AnswerResult("Edited image successfully.", "Here it is.");
    }

    private IChatClient ImageClient(IImageGenerator generator) => Create().AsBuilder().UseImageGeneration(generator).UseFunctionInvocation().Build();
}
