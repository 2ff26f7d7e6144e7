using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Answers requests from a recording. Each exchange is used once, for a request equal to the recorded one.</summary>
internal sealed class Replayer(ConversationRecording recording, double speed, TimeProvider time)
{
    /// <summary>Headers that the server sets for what it sends.</summary>
    private static readonly string[] Framing = ["content-length", "transfer-encoding", "connection", "content-encoding"];

    private readonly Lock _lock = new();
    private readonly List<Entry> _remaining = [.. recording.Exchanges.Select(static exchange => new Entry(exchange, Redaction.RedactPath(exchange.Path), Redaction.Redact(exchange.Request)))];

    public async Task AnswerAsync(HttpContext http, RecordedRequest request, CancellationToken cancellationToken)
    {
        var exchange = Take(request);
        http.Response.StatusCode = exchange.Status;
        foreach (var (name, value) in exchange.Headers.Where(static header => !Framing.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
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
        var (path, body) = (Redaction.RedactPath(request.Path), Redaction.Redact(request.Body));
        lock (_lock)
        {
            var index = _remaining.FindIndex(entry => entry.Exchange.Method == request.Method && entry.Path == path && IsSameRequest(entry.Request, body));
            if (index < 0)
            {
                throw new ApiException(StatusCodes.Status500InternalServerError, "emulator-replay", $"The recording has no unused response for this request; {Explain(request, body)}");
            }

            var exchange = _remaining[index].Exchange;
            _remaining.RemoveAt(index);
            return exchange;
        }
    }

    // The message contains nothing of the recorded requests, since whoever reads it may not be the one who recorded them.
    private string Explain(RecordedRequest request, string body)
    {
        if (_remaining is not [var next, ..])
        {
            return "every recorded exchange was used.";
        }

        var count = $"{_remaining.Count} recorded {(_remaining.Count == 1 ? "exchange is" : "exchanges are")} unused.";
        if (next.Exchange.Method != request.Method || next.Path != Redaction.RedactPath(request.Path))
        {
            return $"{count} The next one is for another method or path.";
        }

        return Members(next.Request) is { } recorded && Members(body) is { } sent
            ? $"{count} The next one differs in these members of this request: {Differences(sent, recorded)}; it has {recorded.Keys.Except(sent.Keys).Count()} further members."
            : $"{count} The body of the next one differs.";
    }

    private static string Differences(Dictionary<string, JsonElement> sent, Dictionary<string, JsonElement> recorded) =>
        string.Join(", ", sent.Where(member => !recorded.TryGetValue(member.Key, out var value) || !JsonElement.DeepEquals(member.Value, value)).Select(static member => member.Key).DefaultIfEmpty("none"));

    private static Dictionary<string, JsonElement>? Members(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind != JsonValueKind.Object
                ? null
                : document.RootElement.Clone().EnumerateObject().GroupBy(static member => member.Name).ToDictionary(static group => group.Key, static group => group.Last().Value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSameRequest(string recorded, string sent)
    {
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

    /// <summary>An exchange with its path and request as they are compared: without secrets.</summary>
    private sealed record Entry(RecordedExchange Exchange, string Path, string Request);
}
