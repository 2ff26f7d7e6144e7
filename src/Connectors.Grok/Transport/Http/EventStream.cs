using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Bytes of <c>text/event-stream</c> to events. Ends well only at the event that ends the response; everything else that ends it throws:
/// an error frame, a failed response, a connection that stops. Nothing is awaited for an event that is here already.
/// </summary>
/// <param name="body">The bytes; the caller's to dispose.</param>
/// <param name="headers">The answer's headers, for exceptions.</param>
/// <param name="deadline">What may end the stream, and whom to blame.</param>
/// <param name="settings">The client's settings, for exceptions.</param>
/// <param name="deltas">Reads deltas without a record; null for an event each.</param>
internal sealed class EventStream(BoundedStream body, ResponseHeaders headers, Deadline deadline, GrokSettings settings, DeltaReader? deltas) : IDisposable
{
    /// <summary>The type of content that such bytes call themselves.</summary>
    public const string MediaType = "text/event-stream";

    private readonly EventFrames _frames = new(body);
    private long? _number;
    private bool _counts;
    private bool _hasGap;
    private bool _isOver;

    /// <summary>What <see cref="NextAsync"/> came to.</summary>
    public StreamedEvent Current { get; private set; }

    /// <summary>Goes to the next event; false after the last one.</summary>
    public ValueTask<bool> NextAsync() =>
        _isOver ? new(false) : !deadline.Token.IsCancellationRequested && TryNext() ? new(true) : ReadOnAsync();

    public void Dispose() => _frames.Dispose();

    private bool TryNext()
    {
        while (_frames.TryNext())
        {
            body.Restart();
            if (deltas is not null && deltas.TryRead(_frames.Data, out var delta))
            {
                if (!IsRepeated(deltas.Number))
                {
                    Current = new(null, delta, _counts && _hasGap);
                    return true;
                }
            }
            else if (Parse(_frames.Data) is { } e)
            {
                // A last event without a readable response is no end: nobody could tell how the answer ended.
                _isOver = e is LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: not null };
                if (_isOver || !IsRepeated(e.SequenceNumber))
                {
                    Current = new(e, default, _counts && _hasGap);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the event of that number was here already: a piece of text that comes twice must not be said twice.</summary>
    private bool IsRepeated(long? number)
    {
        if (number is null)
        {
            return false;
        }

        if (_number is null || number > _number)
        {
            _counts |= number == _number + 1;
            _hasGap |= number > _number + 1;
            _number = number;
            return false;
        }

        // Some number all events alike. And numbers may be left out: one that comes after a later one was overtaken, if it was not here before.
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
            }
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
        catch (InvalidDataException e)
        {
            throw Broken($"The answer cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Broken("The connection broke in the middle of the answer.", e);
        }
        finally
        {
            deadline.Pause();
        }

        throw Broken("The stream stopped before the end of the answer.");
    }

    /// <summary>An event, or null when there is nothing to see.</summary>
    private ResponseEvent? Parse(ReadOnlySpan<byte> data)
    {
        // Documented as the end of a stream, not seen lately: the response's own last event is what counts.
        if (data.SequenceEqual("[DONE]"u8) || data.Trim(" \r\n"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(Utf8Repair.Repair(data), WireJson.Context.ResponseEvent) switch
            {
                ErrorEvent error => throw ErrorReader.FromAnswer(ErrorBody.Parse(error.Json), headers, settings),
                LifecycleEvent { Type: "response.failed" } failed => throw ErrorReader.FromAnswer(ErrorBody.OfFailed(failed.Response), headers, settings),
                // It failed, even where nobody can read how.
                UnknownEvent { Tag: "response.failed" } => throw ErrorReader.FromAnswer(ErrorBody.OfFailed(null), headers, settings),
                LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: { } response } when ErrorBody.Of(response) is { } error =>
                    throw ErrorReader.FromAnswer(error, headers, settings),
                var e => e,
            };
        }
        catch (JsonException e)
        {
            throw Broken("The stream holds an event that is no JSON, or is nested more than 64 deep.", e);
        }
    }

    private GrokException Broken(string words, Exception? cause = null) => new(GrokErrorKind.StreamBroken, words, cause) { RequestId = headers.RequestId };
}
