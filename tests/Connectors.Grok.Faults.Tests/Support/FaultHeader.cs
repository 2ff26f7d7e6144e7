namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>Asks the emulator for a fault, a call at a time: whoever sets <see cref="Asked"/> gets it for what it awaits.</summary>
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
