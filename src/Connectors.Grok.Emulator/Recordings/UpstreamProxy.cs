using System.Net;
using System.Text;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Sends requests to a service, passes its answers on as they arrive, and appends each exchange, without secrets, to a file.</summary>
internal sealed class UpstreamProxy : IDisposable
{
    /// <summary>Headers that are not sent on: those of one connection, those of the emulator, and what a browser adds.</summary>
    private static readonly string[] Own =
        ["host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "accept-encoding", "origin", "referer", "cookie", "x-emulator-fault", "expect"];

    private static readonly string[] OwnOfAnswer = ["connection", "keep-alive", "trailer", "transfer-encoding", "upgrade", "content-length", "set-cookie", "server", "alt-svc"];

    private readonly Uri _upstream;
    private readonly string _basePath;
    private readonly FileStream _file;
    private readonly HttpClient _http;
    private readonly Lock _lock = new();

    /// <summary>Creates the file, which only its owner can read.</summary>
    /// <param name="upstream">The base address of the service, such as <c>https://api.x.ai/v1</c>.</param>
    /// <param name="basePath">The path of the emulator's own base address, below which requests are sent on.</param>
    /// <param name="path">The file. An existing one is replaced.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public UpstreamProxy(Uri upstream, string basePath, string path, TimeProvider time)
    {
        (_upstream, _basePath) = (upstream, basePath);
        _file = RecordingFile.Create(path);
        Append(RecordingFile.Header + "\n");
        var inner = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !upstream.IsLoopback, AutomaticDecompression = DecompressionMethods.All };
        _http = new HttpClient(new RecordingHandler(exchange => Append(RecordingFile.Line(exchange)), inner, time)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Answers a request with the answer of the service.</summary>
    public async Task AnswerAsync(HttpContext http, byte[] body, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(http.Request, body);
        using var response = await SendAsync(request, cancellationToken);
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !OwnOfAnswer.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        await http.Response.StartAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (await ReadAsync(stream, buffer, cancellationToken) is > 0 and var count)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        lock (_lock)
        {
            _file.Dispose();
        }
    }

    private HttpRequestMessage CreateRequest(HttpRequest request, byte[] body)
    {
        if (!request.Path.StartsWithSegments(_basePath, StringComparison.Ordinal, out var rest))
        {
            throw new ApiException(StatusCodes.Status404NotFound, "emulator-upstream", $"Only requests below {_basePath} are sent to the upstream.");
        }

        var sent = new HttpRequestMessage(HttpMethod.Parse(request.Method), $"{_upstream.AbsoluteUri.TrimEnd('/')}{rest.ToUriComponent()}{request.QueryString.ToUriComponent()}");
        sent.Options.Set(RecordingHandler.PathKey, request.Path + request.QueryString);
        if (body.Length > 0)
        {
            sent.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in request.Headers.Where(header => !Own.Contains(header.Key, StringComparer.OrdinalIgnoreCase) && !header.Key.StartsWith("sec-", StringComparison.OrdinalIgnoreCase)))
        {
            _ = sent.Headers.TryAddWithoutValidation(name, values.ToArray()) || sent.Content?.Headers.TryAddWithoutValidation(name, values.ToArray()) == true;
        }

        return sent;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ApiException(StatusCodes.Status502BadGateway, "emulator-upstream", $"The upstream {_upstream.Host} cannot be reached: {unreachable.Message}");
        }
    }

    // The service broke off: so does the emulator.
    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new ConnectionCutException();
        }
    }

    private void Append(string line)
    {
        lock (_lock)
        {
            if (_file.CanWrite)
            {
                _file.Write(Encoding.UTF8.GetBytes(line));
                _file.Flush();
            }
        }
    }
}
