namespace Chat;

/// <summary>Counts the bytes of each request body and optionally shows the body.</summary>
/// <param name="show">Receives each body; null to show none.</param>
/// <param name="inner">Sends the requests.</param>
internal sealed class WireTap(Action<string>? show, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The total size of the sent bodies.</summary>
    public long BytesSent { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            // The client passes content that is already serialized, so reading it does not serialize it again.
            var body = await content.ReadAsByteArrayAsync(cancellationToken);
            BytesSent += body.Length;
            show?.Invoke(System.Text.Encoding.UTF8.GetString(body));
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
