using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Writes events as server-sent events, one flush each, with the pauses and the faults that were asked for.</summary>
internal sealed class EventStream(HttpContext http, GrokEmulatorOptions options, Fault? fault)
{
    public async Task WriteAsync(IEnumerable<StreamEvent> events, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.StartAsync(cancellationToken);
        if (fault?.Kind == FaultKind.ErrorFirst)
        {
            await SendAsync("error", TypedError(), cancellationToken);
            return;
        }

        // An event is made when its turn has come: what is broken off before the last one never completes.
        using var next = events.GetEnumerator();
        for (var sent = 0; ; sent++)
        {
            if (await BreaksOffAsync(sent, cancellationToken))
                return;
            if (!next.MoveNext())
                break;
            await PauseAsync(next.Current.Pace, cancellationToken);
            await SendAsync(next.Current.Type, next.Current.Data, cancellationToken);
        }

        if (options.SendDone)
            await SendAsync(type: null, "[DONE]"u8.ToArray(), cancellationToken);
    }

    private async Task<bool> BreaksOffAsync(int sent, CancellationToken cancellationToken)
    {
        switch (fault?.Kind)
        {
            case FaultKind.UntypedError when sent == 2:
                await SendAsync(type: null, Answer.ErrorJson(fault.Code, fault.Error), cancellationToken);
                return true;
            case FaultKind.Cut when sent == fault.Events:
                throw new CutException();
            case FaultKind.End when sent == fault.Events:
                return true;
            case FaultKind.Stall when sent == fault.Events:
                await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private Task PauseAsync(Pace pace, CancellationToken cancellationToken)
    {
        var pause = pace switch
        {
            Pace.Text => options.TokenDelay,
            Pace.Thinking => options.ThinkingDelay,
            _ => TimeSpan.Zero,
        };
        return pause > TimeSpan.Zero ? Task.Delay(pause, options.TimeProvider, cancellationToken) : Task.CompletedTask;
    }

    private async Task SendAsync(string? type, byte[] data, CancellationToken cancellationToken)
    {
        var writer = http.Response.BodyWriter;
        if (type is not null)
            WriteLine("event: "u8, System.Text.Encoding.UTF8.GetBytes(type));
        WriteLine("data: "u8, data);
        Write("\n"u8);
        cancellationToken.ThrowIfCancellationRequested();
        await writer.FlushAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        void WriteLine(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
        {
            Write(field);
            Write(value);
            Write("\n"u8);
        }

        void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
        }
    }

    private byte[] TypedError() => Json.WriteObject(writer =>
    {
        writer.WriteString("type", "error");
        writer.WriteNumber("sequence_number", 0);
        writer.WriteNull("code");
        writer.WriteString("message", fault!.Error);
        writer.WriteNull("param");
    });
}
