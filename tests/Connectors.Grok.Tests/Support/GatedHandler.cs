using System.Net;

namespace Connectors.Grok.Tests.Support;

/// <summary>Sends its answers in order, each when its gate opens.</summary>
internal sealed class GatedHandler(params (Task Gate, Func<HttpResponseMessage> Answer)[] answers) : HttpMessageHandler
{
    private int _next;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (gate, answer) = answers[_next++];
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        var response = answer();
        response.RequestMessage = request;
        return response;
    }
}

/// <summary>A content that opens its stream when a gate opens.</summary>
internal sealed class GatedContent(Stream stream, Task? gate = null) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync()
    {
        await (gate ?? Task.CompletedTask).ConfigureAwait(false);
        return stream;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("Nothing here is copied.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
