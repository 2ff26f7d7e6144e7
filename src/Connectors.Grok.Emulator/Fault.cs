namespace Connectors.Grok.Emulator;

/// <summary>Something that goes wrong with one answer. Made by the methods of this class, queued in <see cref="GrokEmulator.Faults"/>.</summary>
public sealed class Fault
{
    private const string Unavailable = "The service is currently unavailable";
    private const string NoAnswer = "Service temporarily unavailable. The model did not respond to this request.";

    private Fault(FaultKind kind) => Kind = kind;

    internal FaultKind Kind { get; }

    internal int HttpStatus { get; private init; }

    internal string Code { get; private init; } = Unavailable;

    internal string Error { get; private init; } = NoAnswer;

    internal TimeSpan? RetryAfter { get; private init; }

    internal int Events { get; private init; }

    /// <summary>An HTTP error with a flat body, given before the request is looked at.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">The <c>code</c> of the body.</param>
    /// <param name="error">The <c>error</c> of the body.</param>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds; not sent when null.</param>
    public static Fault Status(int status, string code, string error, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return new Fault(FaultKind.Status) { HttpStatus = status, Code = code, Error = error, RetryAfter = retryAfter };
    }

    /// <summary>429, too many requests: worth another try.</summary>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds; not sent when null, which is common.</param>
    public static Fault RateLimited(TimeSpan? retryAfter = null) => Status(
        429,
        "resource-exhausted",
        "Too many requests for team 00000000-0000-0000-0000-000000000000 and model grok-4.6. Your team's rate limit is - Requests per Minute (actual/limit): 2/2.",
        retryAfter);

    /// <summary>429 with the same code as <see cref="RateLimited"/>, but the quota is used up: no retry helps. Only the text tells.</summary>
    public static Fault QuotaExceeded() => Status(429, "resource-exhausted", "Free usage quota exceeded. Purchase credits");

    /// <summary>A page of HTML such as the edge in front of the service sends.</summary>
    /// <param name="status">The HTTP status, usually 520 to 529.</param>
    public static Fault Html(int status = 520)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return new Fault(FaultKind.Html) { HttpStatus = status };
    }

    /// <summary>A 200 stream whose first frame is a typed error. Not streamed: a 503.</summary>
    public static Fault ErrorFirst() => new(FaultKind.ErrorFirst);

    /// <summary>A stream that breaks off after two events with an error frame that has no <c>type</c>. Not streamed: a 200 with that object.</summary>
    public static Fault UntypedError() => new(FaultKind.UntypedError);

    /// <summary>The connection breaks after so many events. Not streamed: after half of the body.</summary>
    /// <param name="events">How many events are sent first.</param>
    public static Fault CutAfter(int events) => AfterEvents(FaultKind.Cut, events);

    /// <summary>The stream ends properly, but too early, after so many events. Not streamed: half of the body.</summary>
    /// <param name="events">How many events are sent first.</param>
    public static Fault EndAfter(int events) => AfterEvents(FaultKind.End, events);

    /// <summary>Silence after so many events, until the client leaves or the emulator is disposed. Not streamed: no answer at all.</summary>
    /// <param name="events">How many events are sent first.</param>
    public static Fault StallAfter(int events) => AfterEvents(FaultKind.Stall, events);

    /// <summary>A finished response with an empty <c>output</c>, although the items were streamed.</summary>
    public static Fault EmptyFinalOutput() => new(FaultKind.EmptyFinalOutput);

    /// <summary>A response that fails: <c>response.failed</c>, or a response object of status failed. It is not stored.</summary>
    /// <param name="code">The code of its error.</param>
    /// <param name="message">The message of its error.</param>
    public static Fault Failed(string code = "server_error", string message = NoAnswer) =>
        new(FaultKind.Failed) { Code = code, Error = message };

    private static Fault AfterEvents(FaultKind kind, int events)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        return new Fault(kind) { Events = events };
    }
}

internal enum FaultKind
{
    Status,
    Html,
    ErrorFirst,
    UntypedError,
    Cut,
    End,
    Stall,
    EmptyFinalOutput,
    Failed,
}
