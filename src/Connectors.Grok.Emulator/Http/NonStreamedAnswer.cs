using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Writes a response that is not streamed, with the waits of the reply and the fault of the request.</summary>
internal sealed class NonStreamedAnswer(HttpContext http, GrokEmulatorOptions options, Turn turn, Fault? fault, Func<Turn> complete)
{
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        switch (fault?.Kind)
        {
            case FaultKind.ErrorFirst:
                await AnswerWriter.WriteErrorAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Code, fault.Error);
                break;
            case FaultKind.UntypedError:
                await AnswerWriter.WriteJsonAsync(http, AnswerWriter.ErrorJson(fault.Code, fault.Error));
                break;
            case FaultKind.NestedError or FaultKind.ErrorObject:
                await AnswerWriter.WriteJsonAsync(http, AnswerWriter.NestedJson(fault));
                break;
            case FaultKind.ErrorEvent:
                await AnswerWriter.WriteErrorAsync(http, fault.HttpStatus, fault.Code, fault.Error);
                break;
            case FaultKind.Stall or FaultKind.Pings:
                await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
                break;
            case FaultKind.Cut or FaultKind.End:
                await WriteHalfAsync(fault, cancellationToken);
                break;
            default:
                await AnswerWriter.WriteJsonAsync(http, ResponseWriter.ToJson(Completed(), withOutput: fault?.Kind != FaultKind.EmptyFinalOutput));
                break;
        }
    }

    private Turn Completed() => turn.Reply.ErrorFrame is var (code, message)
        ? turn with
        {
            Reply = turn.Reply with { Error = (code ?? "server_error", message), IncompleteReason = null },
            CompletedAt = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
        }
        : complete();

    /// <summary>Waits as long as the stream of the same reply would.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var reply = turn.Reply;
        if (reply.After.Count == 0 && reply.BeforeEnd is null && !reply.Output.Any(HasWait))
        {
            return;
        }

        foreach (var streamed in new EventSequence(turn, () => turn).Events())
        {
            if (streamed.Wait is { } wait)
            {
                await EventStream.WaitAsync(wait, options.TimeProvider, cancellationToken);
            }
        }
    }

    private static bool HasWait(OutputItem item) => item.Before is not null || item is MessageOutput { Deltas: { } deltas } && deltas.Any(delta => delta.Before is not null);

    private async Task WriteHalfAsync(Fault fault, CancellationToken cancellationToken)
    {
        http.Response.ContentType = fault.ContentType ?? "application/json";
        var json = ResponseWriter.ToJson(turn);
        await http.Response.Body.WriteAsync(json.AsMemory(0, json.Length / 2), cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
        if (fault.Kind == FaultKind.Cut)
        {
            throw new ConnectionCutException();
        }
    }
}
