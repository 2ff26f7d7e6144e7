namespace Web.Runs;

/// <summary>Asks an emulator to fail, for the one answer that a visitor wanted broken. Other requests pass as they are.</summary>
internal sealed class FaultHandler : DelegatingHandler
{
    private static readonly AsyncLocal<string?> Wanted = new();

    /// <summary>The fault of the current flow of execution, in the emulator's words.</summary>
    public static string? Current
    {
        get => Wanted.Value;
        set => Wanted.Value = value;
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
