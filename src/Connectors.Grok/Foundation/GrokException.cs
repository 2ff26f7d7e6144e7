namespace Connectors.Grok;

/// <summary>
/// The base of every failure that this library reports at run time: what the service rejects or fails to do, a timeout of the options, and
/// the failures of conversations. The caller's own cancellation is <see cref="OperationCanceledException"/>, a wrong argument
/// <see cref="ArgumentException"/>, <see cref="NotSupportedException"/> or <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>Messages composed by this library never contain request content; messages of the service are passed through with credentials redacted.</remarks>
/// <param name="kind">What went wrong.</param>
/// <param name="message">What went wrong and what to do, for people to read.</param>
/// <param name="innerException">The cause, if there is one.</param>
/// <example>A test can throw what the service would cause: <c>new GrokException(GrokErrorKind.RateLimit, "Too many requests.")</c> is transient, as a real one is.</example>
public class GrokException(GrokErrorKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    private readonly bool? _isTransient;
    private string? _clientRequestId;
    private string? _responseId;
    private string? _messageBeforeHint;

    /// <summary>What went wrong.</summary>
    public GrokErrorKind Kind { get; } = kind;

    /// <summary>The HTTP status, or null when the failure came without one.</summary>
    public int? Status { get; init; }

    /// <summary>The service's error code, such as <c>not-found</c>. The service has changed its codes before; prefer <see cref="Kind"/>.</summary>
    public string? Code { get; init; }

    /// <summary>The message of the service, without status, request id and hint; null when the service gave none.</summary>
    public string? ServiceMessage { get; init; }

    /// <summary>The member of the request that the service named in the error, such as <c>previous_response_id</c>; null when it named none.</summary>
    public string? Parameter { get; init; }

    /// <summary>The service's id of the request, for its support.</summary>
    public string? RequestId { get; init; }

    /// <summary>The id that the client sent as <c>x-client-request-id</c>, the same for all attempts of the call; null when nothing was sent.</summary>
    public string? ClientRequestId
    {
        get => _clientRequestId;
        init => _clientRequestId = value;
    }

    /// <summary>The id of the response whose stream failed; null when the service named none. If it is stored, <see cref="GrokResponsesClient.GetAsync"/> may get the finished answer later.</summary>
    public string? ResponseId
    {
        get => _responseId;
        init => _responseId = value;
    }

    /// <summary>The wait that the service asked for before a retry; null when it asked for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The first 16 kB of the answer's body, as text.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the same request may succeed later without a change, and was certainly not answered (and billed) already.</summary>
    /// <value>
    /// Unless set, it follows <see cref="Kind"/> and <see cref="Status"/>: true for <see cref="GrokErrorKind.RateLimit"/>, <see cref="GrokErrorKind.Overload"/>,
    /// <see cref="GrokErrorKind.Connection"/>, and for <see cref="GrokErrorKind.Server"/> without a status or with 503 or 529. After another status the model may have finished.
    /// The client sets it to false where the service forbids a retry or the request may have arrived. A timeout is not transient: the model may have finished.
    /// </value>
    public bool IsTransient
    {
        get => _isTransient ?? IsTransientByDefault(Kind, Status);
        init => _isTransient = value;
    }

    /// <summary>Copies the failure with a hint after its message. It takes the place of an earlier hint.</summary>
    internal GrokException WithHint(string hint)
    {
        var before = _messageBeforeHint ?? Message;
        var copy = With($"{before}{(before.EndsWith('.') ? "" : ".")} {hint}", InnerException);
        copy._messageBeforeHint = before;
        return copy;
    }

    /// <summary>Whether the failure is an error that the service reported without forbidding a retry, rather than an invalid answer or a failed response.</summary>
    internal bool AllowsRetry { get; init; }

    /// <summary>Whether the service rejected stored responses as such: it keeps none for the caller.</summary>
    internal bool RefusesState { get; init; }

    /// <summary>Adds the ids of the call to a failure that lacks them.</summary>
    internal GrokException WithIds(string clientRequestId, string? responseId = null)
    {
        _clientRequestId ??= clientRequestId;
        _responseId ??= responseId;
        return this;
    }

    /// <summary>Copies the failure with another message.</summary>
    internal GrokException With(string message, Exception? innerException) => new(Kind, message, innerException)
    {
        Status = Status,
        Code = Code,
        ServiceMessage = ServiceMessage,
        RequestId = RequestId,
        ClientRequestId = ClientRequestId,
        ResponseId = ResponseId,
        RetryAfter = RetryAfter,
        Body = Body,
        IsTransient = IsTransient,
        AllowsRetry = AllowsRetry,
        Parameter = Parameter,
        RefusesState = RefusesState,
    };

    /// <summary>Whether a failure of this kind and status is transient by default.</summary>
    internal static bool IsTransientByDefault(GrokErrorKind kind, int? status) => kind switch
    {
        GrokErrorKind.RateLimit or GrokErrorKind.Connection or GrokErrorKind.Overload => true,
        GrokErrorKind.Server => status is null or 503 or 529,
        _ => false,
    };
}
