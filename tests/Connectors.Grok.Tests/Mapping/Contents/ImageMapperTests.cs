using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

public class ImageMapperTests
{
    private readonly StubHandler _handler = new();

    [Fact]
    public async Task Images_are_sent_by_url_and_as_data_with_their_detail_around_the_text()
    {
        await Send(
            new UriContent("https://example.org/a.png", "image/png").WithImageDetail("low"),
            new TextContent("What is this?"),
            new DataContent(Some.Png, "image/png").WithImageDetail("high"),
            new UriContent("https://example.org/b", "image/*"));

        var parts = _handler.LastJson["input"]![0]!["content"]!.AsArray();
        Assert.Equal(["input_image", "input_text", "input_image", "input_image"], parts.Select(static p => (string?)p!["type"]));
        Assert.Equal(["low", null, "high", null], parts.Select(static p => (string?)p!["detail"]));
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(Some.Png), (string?)parts[2]!["image_url"]);
        Assert.Contains(Convert.ToBase64String(Some.Png), _handler.LastBody, StringComparison.Ordinal);
    }

    public static TheoryData<AIContent, string> Refused => new()
    {
        { new DataContent("GIF89a"u8.ToArray(), "image/gif"), "neither JPEG nor PNG" },
        { new DataContent("GIF89a"u8.ToArray(), "image/png"), "neither JPEG nor PNG" },
        { new DataContent(new byte[(20 * 1024 * 1024) + 1], "image/png"), "20 MiB" },
        { new UriContent("https://example.org/a.webp", "image/webp"), "JPEG and PNG" },
        { new UriContent("file:///etc/a.png", "image/png"), "DataContent" },
        { new DataContent(Some.Png, "image/png") { AdditionalProperties = new() { ["detail"] = "huge" } }, "auto, low and high" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Unsupported_image_throws_before_a_request_is_sent(AIContent image, string words)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Send(image));
        Assert.Equal("messages", e.ParamName);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Unmapped_content_throws()
    {
        Assert.Contains("audio/wav", (await Assert.ThrowsAsync<NotSupportedException>(() => Send(new DataContent(new byte[4], "audio/wav")))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DataContent(Some.Png, "image/png").WithImageDetail("huge"));
    }

    [Fact]
    public void Image_of_20_MiB_is_accepted_and_one_byte_more_throws_with_its_size()
    {
        var bytes = new byte[(20 * 1024 * 1024) + 1];
        Some.Png.CopyTo(bytes, 0);
        Assert.NotNull(ImageMapper.ToPart(new DataContent(bytes.AsMemory(0, bytes.Length - 1), "image/png")).ImageUrl);
        var e = Assert.Throws<ArgumentException>(() => ImageMapper.ToPart(new DataContent(bytes, "image/png")));
        Assert.StartsWith($"An image has {20.0:0.0} MiB; xAI takes at most 20 MiB. Make it smaller", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_with_a_relative_address_throws()
    {
        var e = Assert.Throws<ArgumentException>(() => ImageMapper.ToPart(new UriContent(new Uri("a.png", UriKind.Relative), "image/png")));
        Assert.Equal("An image has a relative address; xAI fetches https addresses. Pass a local file's bytes as DataContent. (Parameter 'messages')", e.Message);
    }

    [Theory]
    [InlineData("https://example.org/a", "image/*")]
    [InlineData("http://example.org/a", "image/jpeg")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=", "image/png")]
    [InlineData("https://example.org/a", "image/jpg")]
    [InlineData("https://example.org/a", "image/PNG")]
    public void Image_of_every_accepted_address_and_media_type_is_sent(string address, string mediaType) =>
        Assert.Equal((address, null), (ImageMapper.ToPart(new UriContent(address, mediaType)).ImageUrl, ImageMapper.ToPart(new UriContent(address, mediaType)).Detail));

    [Theory]
    [InlineData("auto")]
    [InlineData("low")]
    [InlineData("high")]
    public void Image_of_every_known_detail_is_sent(string detail) =>
        Assert.Equal(detail, ImageMapper.ToPart(new DataContent(Some.Png, "image/png") { AdditionalProperties = new() { ["detail"] = detail } }).Detail);

    [Theory]
    [InlineData("/9j/AA==", true)]
    [InlineData("data:image/jpeg;base64,/9j/AA==", true)]
    [InlineData("data:image/jpeg;base64", false)]
    [InlineData("image/jpeg;base64,/9j/AA==", false)]
    [InlineData("data:image/jpeg;base64,", false)]
    [InlineData(null, false)]
    public void Image_of_the_service_is_read_from_base64_or_a_data_URI(string? text, bool isImage) =>
        Assert.Equal(isImage ? [0xFF, 0xD8, 0xFF, 0x00] : null, ImageMapper.ToContent(text)?.Data.ToArray());

    private async Task Send(params AIContent[] contents)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync(Some.User(contents));
    }
}
