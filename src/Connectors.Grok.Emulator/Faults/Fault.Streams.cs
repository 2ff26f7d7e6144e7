using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <content>Faults within a response of status 200 (docs/wire.md#errors).</content>
public sealed partial record Fault
{
    /// <summary>A stream of status 200 whose first event is an error. Without streaming: a 503.</summary>
    /// <returns>The fault.</returns>
    public static Fault ErrorFirst() => new(FaultKind.ErrorFirst);

    /// <summary>A stream that ends with an error without <c>type</c>: <c>{"code","error"}</c>. Without streaming: a 200 with that object.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault UntypedError(int events = 2) => AfterEvents(FaultKind.UntypedError, events);

    /// <summary>A stream that ends with <c>{"error":{"message","type"}}</c>. Without streaming: a 200 with that object.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault NestedError(int events = 2) => AfterEvents(FaultKind.NestedError, events);

    /// <summary>A stream that ends with an error event whose <c>code</c> is a number. Without streaming: an HTTP error with that status.</summary>
    /// <param name="status">The number, 400 to 599.</param>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault ErrorEvent(int status = 503, int events = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return AfterEvents(FaultKind.ErrorEvent, events) with { HttpStatus = status };
    }

    /// <summary>A stream that ends with <c>{"error":{…}}</c>: the model is at capacity. Without streaming: a 200 with that object.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault AtCapacityEvent(int events = 1) => AfterEvents(FaultKind.NestedError, events) with { Error = Capacity, NestedCode = "resource-exhausted" };

    /// <summary>Sends pings and comments only after the given number of events, until the client disconnects or the emulator is disposed. Without streaming: sends no response.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <param name="interval">The time between two pings; null for 15 seconds.</param>
    /// <returns>The fault.</returns>
    public static Fault PingsAfter(int events, TimeSpan? interval = null)
    {
        var every = interval ?? TimeSpan.FromSeconds(15);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, TimeSpan.Zero, nameof(interval));
        return AfterEvents(FaultKind.Pings, events) with { Interval = every };
    }

    /// <summary>Aborts the connection after the given number of events. Without streaming: after half of the body.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault CutAfter(int events) => AfterEvents(FaultKind.Cut, events);

    /// <summary>Ends the stream without a terminal event after the given number of events. Without streaming: ends the body after its first half.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault EndAfter(int events) => AfterEvents(FaultKind.End, events);

    /// <summary>Sends nothing more after the given number of events, until the client disconnects or the emulator is disposed. Without streaming: sends no response.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault StallAfter(int events) => AfterEvents(FaultKind.Stall, events);

    /// <summary>The final response has an empty <c>output</c>, although its items were streamed.</summary>
    /// <returns>The fault.</returns>
    public static Fault EmptyFinalOutput() => new(FaultKind.EmptyFinalOutput);

    /// <summary>A failed response: <c>response.failed</c>, or a response object with the status failed. It is not stored.</summary>
    /// <param name="code">The code of its error.</param>
    /// <param name="message">The message of its error.</param>
    /// <returns>The fault.</returns>
    public static Fault Failed(string code = "server_error", string message = NoAnswer) =>
        new(FaultKind.Failed) { Code = code, Error = message };

    /// <summary>A 200 with an <c>error</c> object and no <c>output</c>. With streaming: the only event of the stream.</summary>
    /// <returns>The fault.</returns>
    public static Fault ErrorObject() => new(FaultKind.ErrorObject);

    /// <summary>A valid response whose stream has comment lines between its events, as proxies send them.</summary>
    /// <returns>The fault.</returns>
    public static Fault KeepAlives() => new(FaultKind.None) { HasComments = true };

    /// <summary>A valid response whose stream has no <c>event:</c> lines, as in older documents.</summary>
    /// <returns>The fault.</returns>
    public static Fault DataOnly() => new(FaultKind.None) { OmitsEventNames = true };

    /// <summary>A valid response whose stream has an event of an unknown type.</summary>
    /// <returns>The fault.</returns>
    public static Fault UnknownEvents() => new(FaultKind.None) { HasUnknownEvents = true };

    /// <summary>A valid response whose stream ends with <c>data: [DONE]</c>, as the schema says.</summary>
    /// <returns>The fault.</returns>
    public static Fault Done() => new(FaultKind.None) { HasDone = true };

    /// <summary>A valid response as JSON, although the request asks for a stream.</summary>
    /// <returns>The fault.</returns>
    public static Fault JsonAnswer() => new(FaultKind.JsonAnswer);

    /// <summary>A valid response with encrypted reasoning of at least the given length, as several agents produce it, so that events are that large.</summary>
    /// <param name="bytes">The least number of bytes; 2 MiB by default.</param>
    /// <returns>The fault.</returns>
    public static Fault LargeEvents(int bytes = 2 * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new Fault(FaultKind.None) { ReasoningBytes = bytes };
    }

    /// <summary>A valid response whose id cannot be continued, retrieved or deleted at first, as with streamed responses at Azure.</summary>
    /// <param name="time">The time for which the id is unknown, by the clock of the emulator.</param>
    /// <returns>The fault.</returns>
    public static Fault YoungId(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new Fault(FaultKind.None) { HiddenFor = time };
    }

    /// <summary>A valid response, compressed with gzip although the client did not request it.</summary>
    /// <returns>The fault.</returns>
    public static Fault Gzip() => new Fault(FaultKind.None).Gzipped();

    /// <summary>A valid response with a wrong content type.</summary>
    /// <param name="contentType">The content type to send.</param>
    /// <returns>The fault.</returns>
    public static Fault WrongContentType(string contentType = "text/plain") => new Fault(FaultKind.None).WithContentType(contentType);

    private static Fault AfterEvents(FaultKind kind, int events)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        return new Fault(kind) { Events = events };
    }
}
