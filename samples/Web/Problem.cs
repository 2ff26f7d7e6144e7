namespace Web;

/// <summary>A problem for the visitor. Its texts are those of this sample; messages of the service may contain sensitive data and are not shown.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A stable code for programs.</param>
/// <param name="Title">What went wrong.</param>
/// <param name="Detail">What to do.</param>
internal sealed record Problem(int Status, string Code, string Title, string? Detail = null)
{
    /// <summary>The time to wait before a retry.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The conversation in which the answer was stored.</summary>
    public string? Conversation { get; init; }

    /// <summary>The turn that keeps the question; null when it was not kept.</summary>
    public string? Turn { get; init; }

    public int? RetryAfterSeconds => RetryAfter is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null;
}

/// <summary>An exception that is returned as a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}
