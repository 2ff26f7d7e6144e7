namespace Connectors.Grok;

/// <summary>The output of code that the service ran.</summary>
/// <param name="StandardOutput">What the code printed; null when the service did not say.</param>
/// <param name="StandardError">What the code printed as errors; null when the service did not say.</param>
/// <param name="ExitCode">The exit code, 0 for success; null when the service did not say.</param>
public sealed record GrokCodeLogs(string? StandardOutput, string? StandardError, int? ExitCode)
{
    /// <summary>The type name without members, so that content does not get into a log by accident.</summary>
    /// <returns>The type name.</returns>
    public override string ToString() => nameof(GrokCodeLogs);
}
