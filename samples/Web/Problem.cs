namespace Web;

/// <summary>What went wrong, for the visitor: words of our own, never the service's, which may hold anything.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A stable word for programs.</param>
/// <param name="Title">What went wrong.</param>
/// <param name="Detail">What to do.</param>
internal sealed record Problem(int Status, string Code, string Title, string? Detail = null)
{
    /// <summary>How long to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The conversation that holds the answer all the same.</summary>
    public string? Conversation { get; init; }

    public int? RetryAfterSeconds => RetryAfter is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null;
}

/// <summary>Ends a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}
