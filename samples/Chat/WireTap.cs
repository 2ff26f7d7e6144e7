namespace Chat;

/// <summary>Sees each request as it leaves: counts its bytes and, if asked, shows its body.</summary>
/// <param name="show">Takes a line of text, or null to show nothing.</param>
/// <param name="inner">What sends the requests.</param>
internal sealed class WireTap(Action<string>? show, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The size of all bodies that were sent.</summary>
    public long BytesSent { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            // The client hands over bytes it has already written, so that reading them here costs no second serialization.
            var body = await content.ReadAsByteArrayAsync(cancellationToken);
            BytesSent += body.Length;
            show?.Invoke(System.Text.Encoding.UTF8.GetString(body));
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
