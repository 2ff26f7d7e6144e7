using System.Runtime.ExceptionServices;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// The answer to a streaming request: its events, and after an interruption those of the stored response. Owns the connection.
/// </summary>
internal sealed class StreamedAnswer : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly ResponseHeaders _headers;
    private readonly Deadline _deadline;
    private readonly ResponseRecovery? _recovery;
    private Queue<StreamedEvent> _ready = [];
    private DeliveredOutput? _delivered;
    private EventStream? _events;
    private Stream? _body;
    private string? _responseId;

    private StreamedAnswer(HttpResponseMessage answer, ResponseHeaders headers, Deadline deadline, ResponseRecovery? recovery)
    {
        (_answer, _headers, _deadline, _recovery) = (answer, headers, deadline, recovery);
        _delivered = recovery is null || headers.ZeroDataRetention ? null : new DeliveredOutput();
    }

    /// <summary>The event that <see cref="NextAsync"/> read.</summary>
    public StreamedEvent Current { get; private set; }

    /// <param name="answer">The answer; disposed with this object, or when this method throws.</param>
    /// <param name="deadline">The deadline of the call.</param>
    /// <param name="settings">The client's settings.</param>
    /// <param name="deltas">Reads deltas without a record; null for an event each.</param>
    /// <param name="skipper">Skips the output; null to read it.</param>
    /// <param name="recovery">Fetches the response after an interruption; null to report the interruption.</param>
    public static async ValueTask<StreamedAnswer> OpenAsync(
        HttpResponseMessage answer, Deadline deadline, GrokSettings settings, DeltaReader? deltas, OutputSkipper? skipper, ResponseRecovery? recovery)
    {
        var opened = new StreamedAnswer(answer, AnswerReader.Headers(answer, settings), deadline, recovery);
        try
        {
            if (answer.Content.Headers.ContentType?.MediaType is not null && !AnswerReader.Is(answer.Content, EventStream.MediaType))
            {
                // Some gateways answer a streaming request with the whole response.
                var response = await AnswerReader.ReadJsonAsync(answer, WireJson.Context.GrokResponse, settings, deadline.Token).ConfigureAwait(false);
                opened._ready.Enqueue(new(new LifecycleEvent("response.completed") { Response = AnswerReader.Finished(response, opened._headers, settings, deadline.Stored) }));
                return opened;
            }

            opened._body = await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            opened._events = new EventStream(new BoundedStream(opened._body), opened._headers, deadline, settings, deltas, skipper);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads until the output begins, so that a failure before it can be retried. The events before it are held: the caller must not see two responses.
    /// </summary>
    public async ValueTask HoldUntilOutputAsync()
    {
        Queue<StreamedEvent> held = [];
        while (await NextAsync().ConfigureAwait(false))
        {
            held.Enqueue(Current);
            if (Current.Event is not LifecycleEvent { Type: "response.created" or "response.queued" or "response.in_progress" })
            {
                break;
            }
        }

        while (_ready.TryDequeue(out var rest))
        {
            held.Enqueue(rest);
        }

        _ready = held;
    }

    /// <summary>Reads the next event; false after the terminal event.</summary>
    /// <exception cref="GrokException">The stream failed, and the response could not be fetched.</exception>
    public ValueTask<bool> NextAsync()
    {
        if (_ready.TryDequeue(out var ready))
        {
            Current = ready;
            return new(true);
        }

        if (_events is null)
        {
            return new(false);
        }

        ValueTask<bool> next;
        try
        {
            next = _events.NextAsync();
        }
        catch (GrokException e)
        {
            return RecoverAsync(e);
        }

        return next.IsCompletedSuccessfully ? new(Take(next.Result)) : AwaitAsync(next);
    }

    public void Dispose()
    {
        _events?.Dispose();
        _body?.Dispose();
        _answer.Dispose();
    }

    private async ValueTask<bool> AwaitAsync(ValueTask<bool> next)
    {
        GrokException failure;
        try
        {
            return Take(await next.ConfigureAwait(false));
        }
        catch (GrokException e)
        {
            failure = e;
        }

        return await RecoverAsync(failure).ConfigureAwait(false);
    }

    private bool Take(bool hasEvent)
    {
        if (!hasEvent)
        {
            return false;
        }

        Current = _events!.Current;
        if (Current.Event is LifecycleEvent { Response: { } response } life)
        {
            _responseId = response.Id ?? _responseId;
            Current = Current with { Event = life with { Response = response with { Headers = _headers } } };
        }

        _delivered?.Add(Current);
        return true;
    }

    /// <summary>Continues with the stored response after an interruption, or throws the failure.</summary>
    private async ValueTask<bool> RecoverAsync(GrokException failure)
    {
        failure.WithIds(_deadline.ClientRequestId, _responseId);
        var delivered = _delivered;
        _delivered = null;
        if (delivered is { IsStored: true, ResponseId: { } id } && _events!.IsInterrupted
            && await _recovery!.FetchAsync(id, failure, delivered, _deadline).ConfigureAwait(false) is { } rest)
        {
            foreach (var e in rest)
            {
                _ready.Enqueue(new(e is LifecycleEvent { Response: { } response } life ? life with { Response = response with { Headers = _headers } } : e));
            }

            _events.Dispose();
            _events = null;
            return await NextAsync().ConfigureAwait(false);
        }

        ExceptionDispatchInfo.Throw(failure);
        return false;
    }
}
