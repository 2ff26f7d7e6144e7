using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ImageTests
{
    [Theory]
    [InlineData("data:image/png;base64,bm90IGFuIGltYWdl")]
    [InlineData("data:image/png;base64,!!!")]
    [InlineData("data:image/png,plain")]
    [InlineData("ftp://example.com/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("data:;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAYAAAAAAAAA")]
    [InlineData("data:application/octet-stream;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAYAAAAAAAAA")]
    [InlineData("data:image/gif;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAYAAAAAAAAA")]
    [InlineData("data:image/webp;base64,UklGRgAAAABXRUJQVlA5")]
    [InlineData("iVBORw0KGgo=")]
    [InlineData("data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")]
    public async Task Image_that_is_not_typed_or_not_readable_is_rejected(string url)
    {
        await using var api = await Api.StartAsync();
        var reply = await AskAsync(api, url);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal("""{"code":"invalid_image","error":"Could not process image"}""", reply.Body);
    }

    [Theory]
    [InlineData("VP8X", "AAAAAAAAAAAPAAALAAA=")]
    [InlineData("VP8L", "AAAAAC8PwAIAAAAAAAA=")]
    [InlineData("VP8 ", "AAAAAAAAAJ0BKhAADAA=")]
    public async Task WebP_is_accepted_unless_RejectWebP_is_set(string chunk, string rest)
    {
        var url = $"data:image/webp;base64,{Convert.ToBase64String([.. "RIFF\0\0\0\0WEBP"u8, .. System.Text.Encoding.ASCII.GetBytes(chunk), .. Convert.FromBase64String(rest), .. new byte[8]])}";
        await using var api = await Api.StartAsync();
        Assert.Contains("a WebP of 16 x 12 pixels", Api.TextOf((await AskAsync(api, url)).Json), StringComparison.Ordinal);
        await using var strict = await Api.StartAsync(new GrokEmulatorOptions { RejectWebP = true });
        Assert.Equal("""{"code":"invalid_image","error":"Could not process image"}""", (await AskAsync(strict, url)).Body);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(strict, Pictures.Png(16, 12))).Status);
    }

    [Fact]
    public async Task Image_beyond_the_size_limits_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var large = await AskAsync(api, Pictures.Png(64, 64, extraBytes: 20 * 1024 * 1024));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_image"), (large.Status, large.Code));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(api, Pictures.Png(64, 64, extraBytes: (20 * 1024 * 1024) - 33))).Status);
        Assert.StartsWith("Could not process image", (await AskAsync(api, Pictures.Png(1, 1))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_format_is_read_from_its_header_and_detail_changes_the_token_count()
    {
        await using var api = await Api.StartAsync();
        var picture = Pictures.Png(1024, 512).Replace("image/png", "image/jpeg", StringComparison.Ordinal);
        var high = await AskAsync(api, picture, "high");
        var low = await AskAsync(api, picture, "low");
        Assert.Contains("a PNG of 1024 x 512 pixels (33 bytes, detail high)", Api.TextOf(high.Json), StringComparison.Ordinal);
        Assert.Equal((32 * 16) - (16 * 8), Input(high) - Input(low));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync(api, picture, "medium")).Status);
    }

    [Fact]
    public async Task RejectStoredImages_rejects_images_only_when_the_response_is_stored()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { RejectStoredImages = true });
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(api, Pictures.Png(16, 16))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(api, Pictures.Png(16, 16), more: ",\"store\":false")).Status);
    }

    [Fact]
    public async Task Image_of_an_earlier_turn_is_described_in_a_later_one()
    {
        await using var api = await Api.StartAsync();
        var first = await AskAsync(api, Pictures.Png(16, 12));
        Assert.Contains("16 x 12", await api.AnswerAsync("How large was the image?", Api.IdOf(first.Json)), StringComparison.Ordinal);
    }

    private static int Input(Reply reply) => reply.Json.GetProperty("usage").GetProperty("input_tokens").GetInt32();

    private static Task<Reply> AskAsync(Api api, string url, string detail = "auto", string more = "") => api.CreateAsync($$"""
        {"model":"grok-4.6","input":[{"role":"user","content":[{"type":"input_text","text":"What is in this image?"},{"type":"input_image","image_url":"{{url}}","detail":"{{detail}}"}]}]{{more}}}
        """);
}
