using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <content>What goes wrong inside a 200 (section 6.4).</content>
public sealed partial record Fault
{
    /// <summary>A 200 stream whose first frame is a typed error. Not streamed: a 503.</summary>
    /// <returns>The fault.</returns>
    public static Fault ErrorFirst() => new(FaultKind.ErrorFirst);

    /// <summary>A stream that breaks off with an error frame that has no <c>type</c>: <c>{"code","error"}</c>. Not streamed: a 200 with that object.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault UntypedError(int events = 2) => AfterEvents(FaultKind.UntypedError, events);

    /// <summary>A stream that breaks off with <c>{"error":{"message","type"}}</c>. Not streamed: a 200 with that object.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault NestedError(int events = 2) => AfterEvents(FaultKind.NestedError, events);

    /// <summary>The connection breaks after so many events. Not streamed: after half of the body.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault CutAfter(int events) => AfterEvents(FaultKind.Cut, events);

    /// <summary>The stream ends properly, but too early, after so many events. Not streamed: half of the body.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault EndAfter(int events) => AfterEvents(FaultKind.End, events);

    /// <summary>Silence after so many events, until the client leaves or the emulator is disposed. Not streamed: no answer at all.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <returns>The fault.</returns>
    public static Fault StallAfter(int events) => AfterEvents(FaultKind.Stall, events);

    /// <summary>A finished response with an empty <c>output</c>, although the items were streamed.</summary>
    /// <returns>The fault.</returns>
    public static Fault EmptyFinalOutput() => new(FaultKind.EmptyFinalOutput);

    /// <summary>A response that fails: <c>response.failed</c>, or a response object of status failed. It is not stored.</summary>
    /// <param name="code">The code of its error.</param>
    /// <param name="message">The message of its error.</param>
    /// <returns>The fault.</returns>
    public static Fault Failed(string code = "server_error", string message = NoAnswer) =>
        new(FaultKind.Failed) { Code = code, Error = message };

    /// <summary>A 200 with an <c>error</c> object and no <c>output</c>. Streamed: as its only frame.</summary>
    /// <returns>The fault.</returns>
    public static Fault ErrorObject() => new(FaultKind.ErrorObject);

    /// <summary>Nothing goes wrong, but a stream has comment lines between its events, as proxies send them.</summary>
    /// <returns>The fault.</returns>
    public static Fault KeepAlives() => new(FaultKind.None) { HasComments = true };

    /// <summary>Nothing goes wrong, but the events of a stream have no <c>event:</c> lines, as documented once.</summary>
    /// <returns>The fault.</returns>
    public static Fault DataOnly() => new(FaultKind.None) { OmitsEventNames = true };

    /// <summary>Nothing goes wrong, but a stream has an event that nobody knows.</summary>
    /// <returns>The fault.</returns>
    public static Fault UnknownEvents() => new(FaultKind.None) { HasUnknownEvents = true };

    /// <summary>Nothing goes wrong, but the answer is compressed although nobody asked for it.</summary>
    /// <returns>The fault.</returns>
    public static Fault Gzip() => new Fault(FaultKind.None).Gzipped();

    /// <summary>Nothing goes wrong, but the answer calls itself plain text.</summary>
    /// <param name="contentType">What it calls itself.</param>
    /// <returns>The fault.</returns>
    public static Fault WrongContentType(string contentType = "text/plain") => new Fault(FaultKind.None).WithContentType(contentType);

    private static Fault AfterEvents(FaultKind kind, int events)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        return new Fault(kind) { Events = events };
    }
}
