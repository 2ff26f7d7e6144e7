using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Reads events from the bytes of a <c>text/event-stream</c>. Only the terminal event of the response ends it; everything else that ends it throws:
/// an error frame, a failed response, a connection that stops. Buffered events are returned without waiting.
/// </summary>
/// <param name="body">The bytes; the caller's to dispose.</param>
/// <param name="headers">The answer's headers, for exceptions.</param>
/// <param name="deadline">The deadline of the call.</param>
/// <param name="settings">The client's settings, for exceptions.</param>
/// <param name="deltas">Reads deltas without a record; null for an event each.</param>
/// <param name="skipper">Skips the output; null to read it.</param>
internal sealed class EventStream(BoundedStream body, ResponseHeaders headers, Deadline deadline, GrokSettings settings, DeltaReader? deltas, OutputSkipper? skipper = null) : IDisposable
{
    /// <summary>The media type of an event stream.</summary>
    public const string MediaType = "text/event-stream";

    private readonly EventFrames _frames = new(body);
    private readonly SurrogateJoiner _halves = new();
    private readonly SeenItems _items = new();
    private long? _number;
    private bool _counts;
    private bool _hasGap;
    private bool _isOver;
    private bool _hasSkipped;
    private bool _hasBegun;

    /// <summary>Whether the stream was cut off, fell silent, or ended without its terminal event: the service may still finish the response.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>The event that <see cref="NextAsync"/> read.</summary>
    public StreamedEvent Current { get; private set; }

    /// <summary>Reads the next event; false after the terminal event.</summary>
    public ValueTask<bool> NextAsync() =>
        _isOver ? new(false) : !deadline.Token.IsCancellationRequested && TryNext() ? new(true) : ReadOnAsync();

    public void Dispose() => _frames.Dispose();

    private bool TryNext()
    {
        while (_frames.TryNext())
        {
            body.Restart();
            if (TryTake(_frames.Data))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the data of an event; false when it holds none, or one that was read before.</summary>
    private bool TryTake(ReadOnlySpan<byte> data)
    {
        if (skipper is not null)
        {
            return TryTakeOrSkip(data, skipper);
        }

        if (!_halves.IsPending && deltas?.TryRead(data, out var delta) == true)
        {
            return TryTake(delta);
        }

        if (_hasBegun && !_halves.IsPending && deltas?.IsProgress(data) == true)
        {
            _hasSkipped = true;
            _ = IsRepeated(deltas.Number, null, -1);
            return false;
        }

        var joined = _halves.Join(data);
        if (joined != data && deltas?.TryRead(joined, out delta) == true)
        {
            return TryTake(delta);
        }

        if (Parse(joined) is not { } e)
        {
            return false;
        }

        _isOver = IsTerminal(e);
        _hasBegun |= e is LifecycleEvent { Response.Id: not null };
        // Events of progress do not name an item first; they are read only if their number was there before.
        var (id, index) = e is UnknownEvent && !(e.SequenceNumber <= _number) ? (null, -1) : SeenItems.ItemOf(e);
        if (!_isOver && IsRepeated(e.SequenceNumber, id, index))
        {
            return false;
        }

        Current = new(e, default, _counts && _hasGap);
        return true;
    }

    /// <summary>Reads an event of the response's life. The first event of the output is returned as an empty delta, so that the caller knows of it.</summary>
    private bool TryTakeOrSkip(ReadOnlySpan<byte> data, OutputSkipper skipper)
    {
        var isFirst = !skipper.HasOutput;
        if (skipper.TrySkip(data))
        {
            (_hasSkipped, Current) = (true, default);
            return isFirst;
        }

        if (Parse(data) is not { } e)
        {
            return false;
        }

        (_isOver, Current) = (IsTerminal(e), new(e));
        return true;
    }

    /// <summary>Whether an event ends the response. One without a readable response does not: the final state is unknown.</summary>
    private static bool IsTerminal(ResponseEvent e) => e is LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: not null };

    private bool TryTake(in Delta delta)
    {
        if (IsRepeated(deltas!.Number, delta.ItemId, delta.OutputIndex))
        {
            return false;
        }

        Current = new(null, delta, _counts && _hasGap);
        return true;
    }

    /// <summary>Whether an event with this sequence number was read before: a duplicate delta must not be delivered twice.</summary>
    private bool IsRepeated(long? number, string? id, int index)
    {
        if (number is null)
        {
            return false;
        }

        // An event of a new item with a number that was there before: the service begins to count again.
        var isRestart = number <= _number && _items.IsNew(id, index);
        _items.Add(id, index);
        if (isRestart)
        {
            _number = number;
            return false;
        }

        if (_number is null || number > _number)
        {
            _counts |= number == _number + 1;
            _hasGap |= number > _number + 1;
            _number = number;
            return false;
        }

        // Some services give all events the same number, and numbers may be skipped. A lower number that was not read before is out of order.
        return _counts && (number == _number || !_hasGap ? true : throw Broken("The events of the stream came out of order."));
    }

    private async ValueTask<bool> ReadOnAsync()
    {
        try
        {
            deadline.Token.ThrowIfCancellationRequested();
            deadline.Wait();
            while (await _frames.FillAsync(deadline.Token).ConfigureAwait(false))
            {
                if (TryNext())
                {
                    return true;
                }

                WaitOn();
            }

            if (TryRest())
            {
                return true;
            }
        }
        // A handler may answer a cancellation with any exception, as in-memory test servers do.
        catch (Exception e) when (e is OperationCanceledException || (e is not GrokException && deadline.Token.IsCancellationRequested))
        {
            IsInterrupted = deadline.HasIdled;
            throw deadline.Explain(e);
        }
        catch (InvalidDataException e)
        {
            throw Broken($"The answer cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return TryRest() ? true : throw Interrupted("The connection broke in the middle of the answer.", e);
        }
        finally
        {
            deadline.Pause();
        }

        throw Interrupted("The stream stopped before the end of the answer.");
    }

    /// <summary>Waits for more bytes; skipped events are progress.</summary>
    private void WaitOn()
    {
        if (_hasSkipped)
        {
            _hasSkipped = false;
            deadline.Wait();
        }
        else
        {
            deadline.WaitOn();
        }
    }

    /// <summary>Reads what is left at the end of the stream: an event without its blank line, if it is complete, or a body that is no event stream.</summary>
    private bool TryRest()
    {
        if (_frames.TryRest())
        {
            return IsObject(_frames.Data) && TryTake(_frames.Data);
        }

        if (BareBody.Read(_frames.Stray, _frames.HasEvents, headers, settings, deadline.Stored) is not { } response)
        {
            return false;
        }

        (_isOver, Current) = (true, new(new LifecycleEvent("response.completed") { Response = response }));
        return true;
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Parses an event; null when it holds none.</summary>
    private ResponseEvent? Parse(ReadOnlySpan<byte> data)
    {
        // Documented as the end of a stream, but no longer sent: the terminal event of the response counts.
        if (data.SequenceEqual("[DONE]"u8) || data.Trim(" \r\n"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            return FastJson.ReadEvent(Utf8Repair.Repair(data)) switch
            {
                // Sent while nothing happens, so that proxies keep the connection.
                UnknownEvent { Tag: "ping" } => null,
                ErrorEvent error => throw ErrorReader.FromAnswer(ErrorBody.Parse(error.Json), headers, settings, isFrame: true, deadline.Stored),
                LifecycleEvent { Type: "response.failed" } failed => throw ErrorReader.FromAnswer(ErrorBody.FromFailed(failed.Response), headers, settings, stored: deadline.Stored),
                // The response failed, even if its error cannot be read.
                UnknownEvent { Tag: "response.failed" } => throw ErrorReader.FromAnswer(ErrorBody.FromFailed(null), headers, settings),
                LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: { } response } when ErrorBody.FromResponse(response) is { } error =>
                    throw ErrorReader.FromAnswer(error, headers, settings, stored: deadline.Stored),
                var e => e,
            };
        }
        catch (JsonException e)
        {
            throw Broken("The stream contains an event that is not valid JSON, or is nested more than 64 levels deep.", e);
        }
    }

    private GrokException Interrupted(string words, Exception? cause = null)
    {
        IsInterrupted = true;
        return Broken(words, cause);
    }

    private GrokException Broken(string words, Exception? cause = null) => new(GrokErrorKind.StreamBroken, words, cause) { RequestId = headers.RequestId };
}
