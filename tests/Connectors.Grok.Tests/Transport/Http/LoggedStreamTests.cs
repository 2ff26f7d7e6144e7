using System.Net.Http.Headers;
using System.Text;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

public class LoggedStreamTests
{
    private readonly ListLogger _log = new();

    [Fact]
    public async Task Logged_stream_logs_complete_lines_for_any_read_size()
    {
        await using var stream = Logged("data: é\r\n\r\ndata: two", out _);
        using var reader = new MemoryStream();
        var one = new byte[1];
        while (await stream.ReadAsync(one) > 0)
        {
            reader.Write(one);
        }

        Assert.Equal("data: é\r\n\r\ndata: two", Encoding.UTF8.GetString(reader.ToArray()));
        Assert.Equal(["Received: data: é", "Received: data: two"], _log.Lines);
    }

    [Fact]
    public async Task Disposed_logged_stream_logs_the_partial_line_and_disposes_the_inner_stream()
    {
        var stream = Logged("half a line", out var inner);
        Assert.Equal(4, await stream.ReadAsync(new byte[4]));
        Assert.Empty(_log.Lines);
        stream.Dispose();
        Assert.Equal(["Received: half"], _log.Lines);
        Assert.True(inner.IsDisposed);
    }

    [Fact]
    public async Task Logged_content_keeps_its_headers()
    {
        using var content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("text/html", "utf-8"), ContentLanguage = { "de", "en" } } };
        using var logged = await LoggedStream.OverAsync(content, Some.Settings(), default);
        Assert.Equal("text/html; charset=utf-8", logged.Headers.ContentType!.ToString());
        Assert.Equal(["de", "en"], logged.Headers.ContentLanguage);
    }

    [Fact]
    public void Logged_stream_is_readable_only()
    {
        using var stream = Logged("", out _);
        Assert.Equal((true, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
    }

    private LoggedStream Logged(string text, out DripStream inner)
    {
        inner = new DripStream(Encoding.UTF8.GetBytes(text), 1000);
        return new LoggedStream(inner, Some.Settings(o => o.LoggerFactory = _log));
    }
}
