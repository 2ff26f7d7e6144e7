namespace Chat;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A fault of this program.</summary>
    public const int Bug = 1;

    /// <summary>Something was wrong with what was asked for, or with the service; one line on standard error says what.</summary>
    public const int Failure = 2;

    /// <summary>Ctrl+C, as shells count it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
