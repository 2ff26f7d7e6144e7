using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Adds a fault's headers to a response, sets the fault's content type, and compresses the body with gzip if the fault asks for it. Disposing it finishes the compression.</summary>
internal sealed class FaultDecoration : IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly IHttpResponseBodyFeature _uncompressed;
    private readonly StreamResponseBodyFeature? _compressed;
    private readonly GZipStream? _gzip;

    private FaultDecoration(HttpContext http, Fault? fault)
    {
        _http = http;
        _uncompressed = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        foreach (var (name, value) in fault?.Headers ?? [])
        {
            http.Response.Headers[name] = value;
        }

        if (fault?.ContentType is { } contentType)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.ContentType = contentType;
                return Task.CompletedTask;
            });
        }

        if (fault?.IsGzipped != true)
        {
            return;
        }

        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.OnStarting(() =>
        {
            http.Response.ContentLength = null;
            return Task.CompletedTask;
        });
        _gzip = new GZipStream(_uncompressed.Stream, CompressionLevel.Fastest, leaveOpen: true);
        _compressed = new StreamResponseBodyFeature(_gzip, _uncompressed);
        http.Features.Set<IHttpResponseBodyFeature>(_compressed);
    }

    public static FaultDecoration Apply(HttpContext http, Fault? fault) => new(http, fault);

    public async ValueTask DisposeAsync()
    {
        if (_compressed is null)
        {
            return;
        }

        await _compressed.CompleteAsync();
        await _gzip!.DisposeAsync();
        _http.Features.Set(_uncompressed);
    }
}
