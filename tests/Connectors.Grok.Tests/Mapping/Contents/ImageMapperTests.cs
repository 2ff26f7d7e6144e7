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
        { new DataContent("GIF89a"u8.ToArray(), "image/gif"), "An image is a GIF (declared as image/gif); xAI takes JPEG, PNG and WebP. Convert it first." },
        { new DataContent("GIF89a"u8.ToArray(), "image/png"), "An image is a GIF (declared as image/png); xAI takes JPEG, PNG and WebP. Convert it first." },
        { new DataContent("BM6"u8.ToArray(), "image/bmp"), "is a BMP" },
        { new DataContent("II*\0"u8.ToArray(), "image/jpeg"), "is a TIFF" },
        { new DataContent("MM\0*"u8.ToArray(), "image/tiff"), "is a TIFF" },
        { new DataContent((byte[])[0, 0, 0, 0x1C, .. "ftypavif"u8], "image/avif"), "is an AVIF or HEIC" },
        { new DataContent("<svg xmlns="u8.ToArray(), "image/svg+xml"), "is an SVG" },
        { new DataContent("<?xml version="u8.ToArray(), "image/svg+xml"), "is an SVG" },
        { new DataContent(Array.Empty<byte>(), "image/png"), "has no bytes" },
        { new DataContent("RIFF....WAVE"u8.ToArray(), "image/webp"), "has the bytes of no known image format" },
        { new DataContent("RIFF....WEB"u8.ToArray(), "image/webp"), "has the bytes of no known image format" },
        { new UriContent("data:image/png;base64,R0lGODlh", "image/png"), "is a GIF" },
        { new UriContent("data:image/png;base64,?", "image/png"), "data URI that cannot be read" },
        { new DataContent(new byte[(20 * 1024 * 1024) + 1], "image/png"), "20 MiB" },
        { new UriContent("https://example.org/a.gif", "image/gif"), "declared as image/gif; xAI takes JPEG, PNG and WebP" },
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

    /// <summary>The first bytes of an image, the declared type, and the type in the data URI.</summary>
    public static TheoryData<byte[], string, string> Typed => new()
    {
        { Some.Png, "image/gif", "image/png" },
        { Some.Png, "image/*", "image/png" },
        { Some.Png, "IMAGE/PNG", "image/png" },
        { [0xFF, 0xD8, 0xFF, 0xE0], "image/png", "image/jpeg" },
        { [0xFF, 0xD8, 0xFF, 0xE0], "image/jpg", "image/jpeg" },
        { [.. "RIFF"u8, 1, 2, 3, 4, .. "WEBPVP8 "u8], "image/png", "image/webp" },
        { [.. "RIFF"u8, 1, 2, 3, 4, .. "WEBPVP8 "u8], "image/webp", "image/webp" },
    };

    [Theory]
    [MemberData(nameof(Typed))]
    public async Task Data_URI_of_an_image_is_typed_by_its_bytes(byte[] bytes, string declared, string type)
    {
        var data = new DataContent(bytes, declared);
        var expected = $"data:{type};base64,{Convert.ToBase64String(bytes)}";
        await Send(data, new UriContent(new Uri(data.Uri), declared).WithImageDetail("low"));
        var parts = _handler.LastJson["input"]![0]!["content"]!.AsArray();
        Assert.Equal([expected, expected], parts.Select(static p => (string?)p!["image_url"]));
        Assert.Equal("low", (string?)parts[1]!["detail"]);
    }

    [Fact]
    public async Task Image_in_a_function_result_is_typed_by_its_bytes()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", new DataContent(Some.Png, "image/gif"))])]);
        Assert.StartsWith("data:image/png;base64,", (string?)_handler.LastJson["input"]![1]!["output"]![0]!["image_url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unmapped_content_throws()
    {
        Assert.Contains("audio/wav", (await Assert.ThrowsAsync<NotSupportedException>(() => Send(new DataContent(new byte[4], "audio/wav")))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DataContent(Some.Png, "image/png").WithImageDetail("huge"));
    }

    [Fact(Explicit = RoomRun.IsOne)]
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
    [InlineData("https://example.org/a.webp", "image/webp")]
    [InlineData("https://example.org/a.gif", "image/png")]
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
