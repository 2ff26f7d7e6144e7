using System.Text;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Writes server-sent events, each flushed, with the pauses of the reply and the fault of the request.</summary>
internal sealed class EventStream(HttpContext http, GrokEmulatorOptions options, Fault? fault, TimeSpan? pace)
{
    public static async Task WaitAsync(Wait wait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (wait.Pause > TimeSpan.Zero)
        {
            await Task.Delay(wait.Pause, time, cancellationToken);
        }

        if (wait.Gate is { } gate)
        {
            await gate.PassAsync(cancellationToken);
        }
    }

    /// <summary>Sends the events.</summary>
    /// <returns>Whether all events were sent; false when the fault ended the stream.</returns>
    public async Task<bool> WriteAsync(IEnumerator<StreamEvent> next, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.StartAsync(cancellationToken);
        if (fault?.Kind is FaultKind.ErrorFirst or FaultKind.ErrorObject)
        {
            await (fault.Kind == FaultKind.ErrorFirst
                ? SendAsync("error", TypedError(fault), cancellationToken)
                : SendAsync(type: null, AnswerWriter.NestedJson(fault), cancellationToken));
            return false;
        }

        // Events are created one by one, so a turn whose stream is aborted before the terminal event does not complete unless the rest is drained.
        for (var sent = 0; ; sent++)
        {
            if (await EndsByFaultAsync(sent, cancellationToken))
            {
                return false;
            }

            if (!await NextAsync(next, cancellationToken))
            {
                break;
            }

            if (fault?.HasComments == true)
            {
                await SendRawAsync(": keep-alive\n\n"u8.ToArray(), cancellationToken);
            }

            await PauseAsync(next.Current.Pace, cancellationToken);
            await SendAsync(next.Current.Type, next.Current.Data, cancellationToken);
            if (fault?.HasUnknownEvents == true && sent == 1)
            {
                await SendAsync("response.emulator.unheard_of", UnknownEvent(), cancellationToken);
            }
        }

        if (options.EndsWithDone || fault?.HasDone == true)
        {
            await SendAsync(type: null, "[DONE]"u8.ToArray(), cancellationToken);
        }

        return true;
    }

    /// <summary>Creates the rest of the events without sending them, with their pauses, so that the turn completes.</summary>
    public async Task DrainAsync(IEnumerator<StreamEvent> next, CancellationToken cancellationToken)
    {
        while (await NextAsync(next, cancellationToken))
        {
            await PauseAsync(next.Current.Pace, cancellationToken);
        }
    }

    private async Task<bool> NextAsync(IEnumerator<StreamEvent> events, CancellationToken cancellationToken)
    {
        while (events.MoveNext())
        {
            if (events.Current.Wait is not { } wait)
            {
                return true;
            }

            await WaitAsync(wait, options.TimeProvider, cancellationToken);
        }

        return false;
    }

    private async Task<bool> EndsByFaultAsync(int sent, CancellationToken cancellationToken)
    {
        if (fault is null || sent != fault.Events)
        {
            return false;
        }

        switch (fault.Kind)
        {
            case FaultKind.UntypedError:
                await SendAsync(type: null, AnswerWriter.ErrorJson(fault.Code, fault.Error), cancellationToken);
                return true;
            case FaultKind.NestedError:
                await SendAsync(type: null, AnswerWriter.NestedJson(fault), cancellationToken);
                return true;
            case FaultKind.ErrorEvent:
                await SendAsync("error", NumericError(fault), cancellationToken);
                return true;
            case FaultKind.Pings:
                await PingAsync(fault.Interval, cancellationToken);
                return true;
            case FaultKind.Cut:
                throw new ConnectionCutException();
            case FaultKind.End:
                return true;
            case FaultKind.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private async Task PingAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            await SendRawAsync(": keep-alive\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"u8.ToArray(), cancellationToken);
            await Task.Delay(interval, options.TimeProvider, cancellationToken);
        }
    }

    private Task PauseAsync(Pace kind, CancellationToken cancellationToken)
    {
        var pause = kind switch
        {
            Pace.Text => pace ?? options.TokenDelay,
            Pace.Thinking => pace ?? options.ThinkingDelay,
            _ => TimeSpan.Zero,
        };
        return pause > TimeSpan.Zero ? Task.Delay(pause, options.TimeProvider, cancellationToken) : Task.CompletedTask;
    }

    private Task SendAsync(string? type, byte[] data, CancellationToken cancellationToken)
    {
        var name = type is null || fault?.OmitsEventNames == true ? "" : $"event: {type}\n";
        return SendRawAsync([.. Encoding.UTF8.GetBytes(name), .. "data: "u8, .. data, .. "\n\n"u8], cancellationToken);
    }

    private async Task SendRawAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        var writer = http.Response.BodyWriter;
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
        cancellationToken.ThrowIfCancellationRequested();
        await writer.FlushAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static byte[] TypedError(Fault fault) => Json.WriteObject(writer =>
    {
        writer.WriteNumber("sequence_number", 0);
        writer.WriteString("type", "error");
        EventSequence.Error(code: null, fault.Error).Members(writer);
    });

    private static byte[] NumericError(Fault fault) => Json.WriteObject(writer =>
    {
        writer.WriteString("type", "error");
        writer.WriteNumber("code", fault.HttpStatus);
        writer.WriteString("message", fault.HttpStatus == 529 ? "overloaded" : "Service temporarily unavailable");
    });

    // The event has no sequence number; otherwise the numbers of the other events would have a gap.
    private static byte[] UnknownEvent() => Json.WriteObject(writer =>
    {
        writer.WriteString("type", "response.emulator.unheard_of");
        writer.WriteStartObject("surprise");
        writer.WriteBoolean("isWelcome", true);
        writer.WriteEndObject();
    });
}
