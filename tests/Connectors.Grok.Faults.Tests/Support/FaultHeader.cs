namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>Requests a fault of the emulator for the calls of the current async flow, which sets <see cref="Asked"/>.</summary>
internal sealed class FaultHeader(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly AsyncLocal<string?> Current = new();

    public static string? Asked
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Asked is { } fault)
        {
            request.Headers.TryAddWithoutValidation("x-emulator-fault", fault);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
