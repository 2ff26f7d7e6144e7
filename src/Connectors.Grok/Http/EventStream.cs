using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Http;

/// <summary>
/// Bytes of <c>text/event-stream</c> to events. Ends well only at the event that ends the response; everything else that ends it throws:
/// an error frame, a failed response, a connection that stops.
/// </summary>
internal static class EventStream
{
    public static async IAsyncEnumerable<ResponseEvent> ReadAsync(
        Stream body, ResponseHeaders headers, Deadline deadline, GrokSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bounded = new BoundedStream(body);
        var events = SseParser.Create(bounded, static (_, data) => Parse(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (events.ConfigureAwait(false))
        {
            while (await NextAsync(events, headers, deadline).ConfigureAwait(false) is { } next)
            {
                bounded.Restart();
                if (next.Failure is { } failure)
                {
                    throw ErrorReader.FromAnswer(failure, headers, settings);
                }

                if (next.Event is { } e)
                {
                    yield return e;
                    if (IsEnd(e))
                    {
                        yield break;
                    }
                }
            }
        }

        throw new GrokException(GrokErrorKind.StreamBroken, "The stream stopped before the end of the answer.") { RequestId = headers.RequestId };
    }

    // A last event without a readable response is no end: nobody could tell how the answer ended.
    private static bool IsEnd(ResponseEvent e) =>
        e is LifecycleEvent { Type: "response.completed" or "response.incomplete" or "response.done", Response: not null };

    /// <summary>The next frame, or null at the end of the bytes. The parser itself forgets an unfinished last frame without a word.</summary>
    private static async Task<Frame?> NextAsync(IAsyncEnumerator<SseItem<Frame>> events, ResponseHeaders headers, Deadline deadline)
    {
        try
        {
            deadline.Wait();
            return await events.MoveNextAsync().ConfigureAwait(false) ? events.Current.Data : null;
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException or InvalidDataException)
        {
            var words = e is JsonException ? "The stream holds an event that is no JSON." : "The connection broke in the middle of the answer.";
            throw new GrokException(GrokErrorKind.StreamBroken, words, e) { RequestId = headers.RequestId };
        }
        finally
        {
            deadline.Pause();
        }
    }

    private static Frame Parse(ReadOnlySpan<byte> data)
    {
        // Documented as the end of a stream, not seen lately: the response's own last event is what counts.
        if (data.SequenceEqual("[DONE]"u8) || data.Trim(" \r\n"u8).IsEmpty)
        {
            return default;
        }

        var e = JsonSerializer.Deserialize(data, WireJson.Context.ResponseEvent);
        return e switch
        {
            ErrorEvent error => new Frame(e, ErrorBody.Parse(error.Json)),
            LifecycleEvent { Type: "response.failed" } failed => new Frame(e, ErrorBody.OfFailed(failed.Response)),
            _ => new Frame(e, null),
        };
    }

    /// <summary>An event, what it tells of a failure, or neither (nothing to see).</summary>
    private readonly record struct Frame(ResponseEvent? Event, ErrorBody? Failure);
}
