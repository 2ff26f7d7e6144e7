namespace Chat;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    /// <summary>All turns succeeded, or a person left the prompt.</summary>
    public const int Success = 0;

    /// <summary>A bug in this program.</summary>
    public const int Bug = 1;

    /// <summary>Invalid input or a failure of the service; one line on standard error explains it.</summary>
    public const int Failure = 2;

    /// <summary>Stopped by Ctrl+C outside of a prompt: 128 + SIGINT, as in shells.</summary>
    public const int Interrupted = 130;
}
