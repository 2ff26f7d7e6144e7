using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Http;

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
    private readonly EventFrames _frames = new(body);
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
                Current = new(null, delta);
                return true;
            }

            if (Parse(_frames.Data) is { } e)
            {
                Current = new(e);
                // A last event without a readable response is no end: nobody could tell how the answer ended.
                _isOver = e is LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: not null };
                return true;
            }
        }

        return false;
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
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
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
            return JsonSerializer.Deserialize(data, WireJson.Context.ResponseEvent) switch
            {
                ErrorEvent error => throw ErrorReader.FromAnswer(ErrorBody.Parse(error.Json), headers, settings),
                LifecycleEvent { Type: "response.failed" } failed => throw ErrorReader.FromAnswer(ErrorBody.OfFailed(failed.Response), headers, settings),
                var e => e,
            };
        }
        catch (JsonException e)
        {
            throw Broken("The stream holds an event that is no JSON.", e);
        }
    }

    private GrokException Broken(string words, Exception? cause = null) => new(GrokErrorKind.StreamBroken, words, cause) { RequestId = headers.RequestId };
}
