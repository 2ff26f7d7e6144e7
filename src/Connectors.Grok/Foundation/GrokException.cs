namespace Connectors.Grok;

/// <summary>
/// The base of every failure that this library reports at run time: what the service rejects or fails to do, a timeout of the options, and
/// the failures of conversations. The caller's own cancellation is <see cref="OperationCanceledException"/>, a wrong argument
/// <see cref="ArgumentException"/>, <see cref="NotSupportedException"/> or <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>Messages composed by this library never contain request content; messages of the service are passed through with the API key redacted.</remarks>
/// <param name="kind">What went wrong.</param>
/// <param name="message">What went wrong and what to do, for people to read.</param>
/// <param name="innerException">The cause, if there is one.</param>
/// <example>A test can throw what the service would cause: <c>new GrokException(GrokErrorKind.RateLimit, "Too many requests.")</c> is transient, as a real one is.</example>
public class GrokException(GrokErrorKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    private readonly bool? _isTransient;

    /// <summary>What went wrong.</summary>
    public GrokErrorKind Kind { get; } = kind;

    /// <summary>The HTTP status, or null when the failure came without one.</summary>
    public int? Status { get; init; }

    /// <summary>The service's error code, such as <c>not-found</c>. The service has changed its codes before; prefer <see cref="Kind"/>.</summary>
    public string? Code { get; init; }

    /// <summary>The message of the service, without status, request id and hint; null when the service gave none.</summary>
    public string? ServiceMessage { get; init; }

    /// <summary>The service's id of the request, for its support.</summary>
    public string? RequestId { get; init; }

    /// <summary>The wait that the service asked for before a retry; null when it asked for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The first 16 kB of the answer's body, as text.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the same request may succeed later without a change, and was certainly not answered (and billed) already.</summary>
    /// <value>
    /// Unless set, it follows <see cref="Kind"/> and <see cref="Status"/>: true for <see cref="GrokErrorKind.RateLimit"/>, <see cref="GrokErrorKind.Overload"/>,
    /// <see cref="GrokErrorKind.Connection"/>, and for <see cref="GrokErrorKind.Server"/> without a status or with one from 500 that a retry can fix.
    /// The client sets it to false where the service forbids a retry or the request may have arrived. A timeout is not transient: the model may have finished.
    /// </value>
    public bool IsTransient
    {
        get => _isTransient ?? IsTransientByDefault(Kind, Status);
        init => _isTransient = value;
    }

    internal GrokException WithHint(string hint) => With($"{Message}{(Message.EndsWith('.') ? "" : ".")} {hint}", InnerException);

    /// <summary>Copies the failure with another message.</summary>
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

    /// <summary>Whether a failure of this kind and status is transient by default.</summary>
    internal static bool IsTransientByDefault(GrokErrorKind kind, int? status) => kind switch
    {
        GrokErrorKind.RateLimit or GrokErrorKind.Connection or GrokErrorKind.Overload => true,
        // 525 and 526 are broken certificates between the edge and the service: no retry fixes them.
        GrokErrorKind.Server => status is null or (>= 500 and not (501 or 505 or 525 or 526)),
        _ => false,
    };
}
