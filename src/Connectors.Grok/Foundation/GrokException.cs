namespace Connectors.Grok;

/// <summary>
/// The one exception for what the service refuses or fails to do. The caller's own cancellation is
/// <see cref="OperationCanceledException"/>, a timeout of ours <see cref="TimeoutException"/>, a wrong argument
/// <see cref="ArgumentException"/> or <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>Of our own making the message never holds what was sent; the service's words are passed on, with the key blotted out.</remarks>
/// <param name="kind">What went wrong.</param>
/// <param name="message">What went wrong and what to do, for a person.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class GrokException(GrokErrorKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What went wrong.</summary>
    public GrokErrorKind Kind { get; } = kind;

    /// <summary>The HTTP status, or null when the failure came without one.</summary>
    public int? Status { get; init; }

    /// <summary>The service's word for the error, such as <c>not-found</c>. Its vocabulary has changed before; prefer <see cref="Kind"/>.</summary>
    public string? Code { get; init; }

    /// <summary>The service's own words, without status, request id and advice; null when it said nothing.</summary>
    public string? ServiceMessage { get; init; }

    /// <summary>The service's id of the request, for its support.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long the service asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The first 16 kB of the answer's body, as text.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the same request may succeed later without a change.</summary>
    /// <value>True for rate limits, unreachable services and server errors, unless the service said not to retry.</value>
    public bool IsTransient { get; init; }

    internal GrokException WithHint(string hint) => With($"{Message}{(Message.EndsWith('.') ? "" : ".")} {hint}", InnerException);

    /// <summary>The same failure in other words.</summary>
    internal GrokException With(string message, Exception? innerException) => new(Kind, message, innerException)
    {
        Status = Status,
        Code = Code,
        ServiceMessage = ServiceMessage,
        RequestId = RequestId,
        RetryAfter = RetryAfter,
        Body = Body,
        IsTransient = IsTransient,
    };
}
