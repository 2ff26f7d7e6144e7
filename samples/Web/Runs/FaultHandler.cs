namespace Web.Runs;

/// <summary>Adds the simulated fault that a visitor selected to the requests of one answer. Other requests are unchanged.</summary>
internal sealed class FaultHandler : DelegatingHandler
{
    private static readonly AsyncLocal<string?> CurrentFault = new();

    /// <summary>The fault of the current async flow, in the emulator's syntax; null for none.</summary>
    public static string? Current
    {
        get => CurrentFault.Value;
        set => CurrentFault.Value = value;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Current is { } fault)
        {
            request.Headers.TryAddWithoutValidation("x-emulator-fault", fault);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
