using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Answers requests from a recording. Each exchange is used once, for a request equal to the recorded one.</summary>
internal sealed class Replayer(ConversationRecording recording, double speed, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<RecordedExchange> _remaining = [.. recording.Exchanges];

    public async Task AnswerAsync(HttpContext http, RecordedRequest request, CancellationToken cancellationToken)
    {
        var exchange = Take(request);
        http.Response.StatusCode = exchange.Status;
        foreach (var (name, value) in exchange.Headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.StartAsync(cancellationToken);
        var passed = 0L;
        foreach (var chunk in exchange.Chunks)
        {
            if (speed > 0 && chunk.Milliseconds > passed)
            {
                await Task.Delay(TimeSpan.FromMilliseconds((chunk.Milliseconds - passed) / speed), time, cancellationToken);
            }

            passed = chunk.Milliseconds;
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(chunk.Text), cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }

        if (exchange.IsCut)
        {
            throw new ConnectionCutException();
        }
    }

    private RecordedExchange Take(RecordedRequest request)
    {
        lock (_lock)
        {
            var index = _remaining.FindIndex(exchange => exchange.Method == request.Method && exchange.Path == request.Path && IsSameRequest(exchange.Request, request.Body));
            if (index < 0)
            {
                var next = _remaining.Count == 0 ? "every recorded exchange was used." : $"the next unused one is {_remaining[0].Method} {_remaining[0].Path} {_remaining[0].Request}";
                throw new ApiException(StatusCodes.Status500InternalServerError, "emulator-replay", $"The recording has no unused response for this request; {next}");
            }

            var exchange = _remaining[index];
            _remaining.RemoveAt(index);
            return exchange;
        }
    }

    private static bool IsSameRequest(string recorded, string sent)
    {
        recorded = Redaction.Redact(recorded);
        sent = Redaction.Redact(sent);
        if (recorded == sent)
        {
            return true;
        }

        try
        {
            using var first = JsonDocument.Parse(recorded);
            using var second = JsonDocument.Parse(sent);
            return JsonElement.DeepEquals(first.RootElement, second.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
