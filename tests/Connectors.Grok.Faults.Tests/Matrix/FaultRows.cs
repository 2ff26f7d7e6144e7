using System.IO.Compression;
using System.Text;
using Connectors.Grok.Faults.Tests.Support;
using Happens = System.Func<Connectors.Grok.Faults.Tests.Support.FaultyFront.Exchange, System.Threading.Tasks.Task>;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>All faults, in the order of the table.</summary>
internal static class FaultRows
{
    private const string Words = "Service temporarily unavailable.";
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(400);
    private static readonly Knobs InTotal = new() { Timeout = Soon };
    private static readonly Knobs Progress = new() { StreamProgressTimeout = Soon };
    private static readonly Knobs Idle = new() { StreamIdleTimeout = Soon };

    // More bytes than the limit, of one character.
    private static readonly Lazy<byte[]> Much = new(static () => [.. Enumerable.Repeat((byte)'a', 65 * 1024 * 1024)]);
    private static readonly Lazy<byte[]> WholeBomb = new(static () => Zip("{\"id\":\"a\",\"output\":[],\"x\":\""u8));
    private static readonly Lazy<byte[]> StreamedBomb = new(static () => Zip("data: {\"type\":\"response.output_text.delta\",\"delta\":\""u8));

    /// <summary>The names of the emulator faults in the table.</summary>
    public static HashSet<string> Emulated { get; } = new(StringComparer.Ordinal);

    public static IReadOnlyList<FaultRow> All { get; } =
    [
        .. NoAnswer(), .. Statuses(), .. Shapes(), .. OddErrors(), .. InPassing(), .. InsideAnAnswer(), .. BrokenAnswers(), .. OddAnswers(), .. Hostile(), .. OfOurs(),
    ];

    private static IEnumerable<FaultRow> NoAnswer()
    {
        const string Group = "No answer at all";
        yield return Row("nothing listens") with { Knobs = new() { Endpoint = "http://127.0.0.1:1/v1" }, WholeKnobs = new() { Endpoint = "http://127.0.0.1:1/v1" } };
        yield return Row("the connection is reset before the headers", static e =>
        {
            e.Reset();
            return Task.CompletedTask;
        });
        yield return Row("the connection is closed before the headers", static e =>
        {
            e.Http.Abort();
            return Task.CompletedTask;
        });
        yield return Row("no headers, ever", static e => e.StallAsync()) with { WholeKnobs = InTotal, Knobs = new() { ResponseHeadersTimeout = Soon } };

        static FaultRow Row(string name, Happens? happens = null) => new(Group, name, happens ?? (static _ => Task.CompletedTask));
    }

    private static IEnumerable<FaultRow> Statuses()
    {
        const string Group = "HTTP errors, permanent";
        yield return Of("400, an invalid argument", "status; status=400; code=invalid-argument; message=Argument not supported: max_output_tokens");
        yield return Of("400, an invalid value, as other hosts send it", "nested-param");
        yield return Of("400, a wrong key", "status; status=400; code=invalid-argument; message=Incorrect API key provided: xx***yy.");
        yield return Of("400, the prompt exceeds the model's context", "status; status=400; code=invalid-argument; message=This model's maximum prompt length is 500000 but the request contains 637815 tokens.");
        yield return Of("401, no key", "status; status=401; code=unauthenticated:no-credentials; message=No credentials presented.");
        yield return Of("401, an expired token", "unauthorized-expired; times=1000");
        yield return Of("402, as gateways send it", "payment-required");
        yield return Of("403, access denied", "access-denied");
        yield return Of("403, credits used", "credits-used");
        yield return Of("403, no credits yet", "no-credits");
        yield return Of("403, content against the guidelines", "content-policy");
        yield return Of("403, bad credentials", "bad-credentials");
        yield return Of("404, no such model", "status; status=404; code=not-found; message=The model grok-9 does not exist or your team does not have access to it.");
        yield return Of("404, the response expired, once", "status; status=404; code=not-found; message=Response with id=abc not found") with { Times = 1 };
        yield return Of("429, rate limit", "rate-limited; retry-after=0");
        yield return Of("429, rate limit, no Retry-After", "rate-limited");
        yield return By("429, rate limit, Retry-After as a date", e => e.AnswerAsync(
            429, "application/json", """{"code":"resource-exhausted","error":"Too many requests"}"""u8.ToArray(), ("Retry-After", "Sat, 21 Nov 2020 12:00:00 GMT")));
        yield return Of("429, at capacity", "at-capacity");
        yield return Of("429, quota", "quota-exceeded");
        yield return Of("429, free usage exhausted", "free-usage-exhausted");
        yield return Of("429, spending limit", "spending-limit");
        yield return Of("500", "server-error");
        yield return Of("500, `RetryServerErrors`", "server-error") with { WholeKnobs = Persistent, Knobs = Persistent };
        yield return By("500 after the model finished, `RetryServerErrors`", static async e =>
        {
            _ = await e.FetchAsync();
            await Body("""{"code":"internal","error":"Internal error."}""", 500)(e);
        })
        with
        { WholeKnobs = Persistent, Knobs = Persistent, MostLost = 3 };
        yield return Of("503", "unavailable");
        yield return Of("503, x-should-retry: false", "unavailable; should-retry=false");
        yield return Of("529, overloaded", "overloaded");
        yield return Of("525, a broken certificate at the edge", "html; status=525");

        static FaultRow Of(string name, string fault) => new(Group, name, Ask(fault));
        static FaultRow By(string name, Happens fault) => new(Group, name, fault);
    }

    private static IEnumerable<FaultRow> Shapes()
    {
        const string Group = "Formats of error bodies, status 503";
        yield return Of("A: code and error", "unavailable");
        yield return Of("B: an error object", "nested");
        yield return Of("C: error only", "error-only");
        yield return Of("D: a numeric code", "unavailable; shape=NumericCode");
        yield return Of("E: plain text", "plain-text");
        yield return Of("F: a JSON string", "json-string");
        yield return Of("F: JSON in a JSON string", "double-encoded");
        yield return Of("G: an HTML page, status 520", "html");
        yield return By("H: the format of WebSocket frames", Body("""{"type":"error","status":503,"error":{"message":"Service temporarily unavailable.","type":null,"code":"unavailable"}}"""));
        yield return By("I: the format of stream events", Body($$"""{"type":"error","code":"unavailable","message":"{{Words}}","param":null}"""));

        yield return Of("J: an array, as Google sends it", "array");

        static FaultRow Of(string name, string fault) => new(Group, name, Ask(fault));
        static FaultRow By(string name, Happens fault) => new(Group, name, fault);
    }

    private static IEnumerable<FaultRow> OddErrors()
    {
        const string Group = "Malformed errors, status 503 unless the row says otherwise";
        yield return By("empty body", Body(""));
        yield return By("truncated body", static e => e.CutAsync("{\"code\":\"unavailable\",\"error\":\"Service tem"u8.ToArray(), 503));
        yield return By("body of 1 MB", Body(new string('x', 1_000_000)));
        yield return Of("compressed with gzip", "unavailable; gzip");
        yield return By("a decompression bomb", static e => e.AnswerAsync(503, "application/json", WholeBomb.Value, ("Content-Encoding", "gzip"))) with { IsHeavy = true };
        yield return By("labelled gzip, but not compressed", static e => e.AnswerAsync(503, "application/json", "not gzip"u8.ToArray(), ("Content-Encoding", "gzip")));
        yield return Of("wrong content type", "unavailable; content-type=image/png");
        yield return By("invalid UTF-8", static e => e.AnswerAsync(503, "application/json", (byte[])[.. "{\"error\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]));
        yield return By("an unpaired surrogate", Body("""{"code":"\ud800","error":"\ud83d."}"""));
        yield return By("nested 10,000 deep", Body($"{{\"error\":{new string('[', 10_000)}{new string(']', 10_000)}}}"));
        yield return By("duplicate members", Body($$"""{"error":"first","error":"{{Words}}","code":1,"code":"unavailable"}"""));
        yield return By("a redirect to another host, 307", static e => e.AnswerAsync(307, null, default, ("Location", "https://elsewhere.example/v1/responses")));

        static FaultRow Of(string name, string fault) => new(Group, name, Ask(fault));
        static FaultRow By(string name, Happens fault) => new(Group, name, fault);
    }

    private static IEnumerable<FaultRow> InPassing()
    {
        const string Group = "Transient errors: the first request only";
        foreach (var (name, fault) in (IEnumerable<(string, string)>)
                 [("429, Retry-After", "rate-limited; retry-after=0"), ("503", "unavailable"), ("529", "overloaded"), ("HTML, 520", "html"), ("an error as the first event; single POST: 503", "error-first")])
        {
            yield return new(Group, name, Ask(fault)) { Times = 1 };
        }

        yield return new(Group, "HTML, 520, `RetryServerErrors`", Ask("html")) { Times = 1, WholeKnobs = Persistent, Knobs = Persistent };
        foreach (var (name, fault) in (IEnumerable<(string, string)>)
                 [("an error event with the code 503 after `response.created`", "error-event; after=1"), ("an error event with the code 529 after `response.created`", "error-event; after=1; status=529"),
                  ("an error event after `response.created`: at capacity", "at-capacity-event; after=1")])
        {
            yield return new(Group, name, Ask(fault)) { Times = 1, Forms = Forms.Streamed };
        }
    }

    private static IEnumerable<FaultRow> InsideAnAnswer()
    {
        const string Group = "Errors in a response of status 200";
        yield return new(Group, "an error as the first event; single POST: 503", Ask("error-first"));
        yield return new(Group, "an error event with the code 503 after `response.created`", Ask("error-event; after=1")) { Forms = Forms.Streamed };
        yield return new(Group, "an error event with the code 503 after a part of the answer", Ask("error-event; after=15")) { Forms = Forms.Streamed };
        yield return new(Group, "an error event after `response.created`: at capacity", Ask("at-capacity-event; after=1")) { Forms = Forms.Streamed };
        yield return new(Group, "an untyped error event after a part of the answer", Ask("untyped-error; after=15"));
        yield return new(Group, "a nested error event after a part of the answer", Ask("nested-error; after=15"));
        yield return new(Group, "an error event in the format of WebSocket frames", static e => e.AnswerAsync(
            (byte[])[.. """data: {"type":"error","status":429,"error":{"message":"Too many requests","type":null,"code":"resource-exhausted"}}"""u8, .. "\n\n"u8]))
        { Forms = Forms.Streamed };
        yield return new(Group, "an error object instead of an answer", Ask("error-object"));
        yield return new(Group, "a response that failed", Ask("failed"));
        yield return new(Group, "an answer truncated at its length limit (`incomplete`)", static e => e.PassAsync()) { Question = Answers.ShortQuestion };
        yield return new(Group, "an HTML page", static e => e.AnswerAsync(200, "text/html", "<!DOCTYPE html><html><body>Sign in to the hotel</body></html>"u8.ToArray()));
        yield return new(Group, "JSON that is not a response", static e => e.AnswerAsync(200, "application/json", "{\"object\":\"chat.completion\",\"choices\":[]}"u8.ToArray()));
        yield return new(Group, "a response that is not finished", static e => e.AnswerAsync(200, "application/json", "{\"id\":\"a\",\"status\":\"in_progress\",\"output\":[]}"u8.ToArray()));
        yield return new(Group, "an empty body", static e => e.AnswerAsync(default));
    }

    private static IEnumerable<FaultRow> BrokenAnswers()
    {
        const string Group = "Answers that end early";
        yield return new(Group, "connection lost before the first text; single POST: after half of the body", Cut(events: 2));
        yield return new(Group, "connection lost after a part; single POST: after half of the body", Cut(events: 15));
        yield return new(Group, "body ends properly, but too early; single POST: after half of the body", Ask("end; after=15"));
        yield return new(Group, "cut after `response.created`, and finished by the service", CutWhileRunning("end; after=1; finish")) { Forms = Forms.Streamed };
        yield return new(Group, "cut after `response.created`, and abandoned by the service", CutWhileRunning("end; after=1")) { Forms = Forms.Streamed };
        yield return new(Group, "cut after a part, and finished by the service", CutWhileRunning("end; after=15; finish")) { Forms = Forms.Streamed };
        yield return new(Group, "cut after a part, and abandoned by the service", CutWhileRunning("end; after=15")) { Forms = Forms.Streamed };
        yield return Frames(Group, "the last event is missing", static f => f[..^1]);
        yield return Frames(Group, "`[DONE]` in place of the last event", static f => [.. f[..^1], "data: [DONE]"]);
        yield return Frames(Group, "the last event is truncated", static f => [.. f[..^1], f[^1][..(f[^1].Length / 2)]], isOpen: true);
        yield return new(Group, "silence before the first event; single POST: before the body", static async e =>
        {
            e.Begin(200, e.IsStream ? "text/event-stream" : "application/json");
            await e.WriteAsync(default);
            await e.StallAsync();
        })
        { WholeKnobs = InTotal, Knobs = Idle };
        yield return new(Group, "silence after a part", Ask("stall; after=15")) { WholeKnobs = InTotal, Knobs = Idle };
        yield return new(Group, "endless keep-alives", Forever("", ": keep-alive\n\n")) { Forms = Forms.Streamed, Knobs = Progress };
        yield return new(Group, "endless blank events", Forever("", "data: \n\n")) { Forms = Forms.Streamed, Knobs = Progress };
        yield return new(Group, "endless pings after `response.created`", Ask("pings; after=2; every=20")) { Forms = Forms.Streamed, Knobs = Progress };
        yield return new(Group, "endless text", Forever("{\"id\":\"", "a", "data: {\"type\":\"response.output_text.delta\",\"item_id\":\"a\",\"output_index\":0,\"content_index\":0,\"delta\":\"a\"}\n\n"))
        { WholeKnobs = InTotal, Knobs = InTotal, SaysSomethingElse = true };
    }

    private static IEnumerable<FaultRow> OddAnswers()
    {
        const string Group = "Unusual framing, order or content";
        yield return new(Group, "comments between events", Ask("keep-alives")) { Forms = Forms.Streamed };
        yield return new(Group, "no `event:` lines", Ask("data-only")) { Forms = Forms.Streamed };
        yield return new(Group, "unknown events", Ask("unknown-events")) { Forms = Forms.Streamed };
        yield return new(Group, "an empty `output` at the end", Ask("empty-final-output")) { Forms = Forms.Streamed };
        yield return new(Group, "a `[DONE]` event of the service", Ask("done")) { Forms = Forms.Streamed };
        yield return new(Group, "JSON in answer to a streaming request", Ask("json-answer")) { Forms = Forms.Streamed };
        yield return new(Group, "an event of 2 MiB", Ask("large-events")) { Forms = Forms.Streamed };
        yield return new(Group, "an id that is unknown for a second", Ask("young-id; seconds=1"));
        yield return new(Group, "compressed with gzip", Ask("gzip"));
        yield return new(Group, "wrong content type, JSON", Ask("wrong-content-type")) { Forms = Forms.Whole };
        yield return new(Group, "no content type", static async e => await e.AnswerAsync(200, null, await e.FetchAsync()));
        yield return new(Group, "a byte order mark", static async e => await e.AnswerAsync((byte[])[0xEF, 0xBB, 0xBF, .. await e.FetchAsync()]));
        yield return new(Group, "lines that end with CR LF", Text(static t => t.Replace("\n", "\r\n", StringComparison.Ordinal))) { Forms = Forms.Streamed };
        yield return new(Group, "lines that end with CR", Text(static t => t.Replace('\n', '\r'))) { Forms = Forms.Streamed };
        yield return new(Group, "data over several lines", Text(static t => t.Replace("data: {", "data: {\ndata: ", StringComparison.Ordinal).Replace("}\n\n", "\ndata:}\n\n", StringComparison.Ordinal))) { Forms = Forms.Streamed };
        yield return new(Group, "no space after `data:`", Text(static t => t.Replace("data: ", "data:", StringComparison.Ordinal))) { Forms = Forms.Streamed };
        yield return new(Group, "one byte at a time", static async e =>
        {
            e.Begin(200, e.IsStream ? "text/event-stream" : "application/json");
            foreach (var one in await e.FetchAsync())
            {
                await e.WriteAsync((byte[])[one]);
            }
        });
        yield return Frames(Group, "`[DONE]` after the end", static f => [.. f, "data: [DONE]"]);
        yield return Frames(Group, "`[DONE]` before the end", static f => [.. f[..4], "data: [DONE]", .. f[4..]]);
        yield return Frames(Group, "every event sent twice", static f => [.. f.SelectMany(static one => (string[])[one, one])]);
        yield return Frames(Group, "the stream restarted from its beginning", static f => [.. f[..^1], .. f]);
        yield return Frames(Group, "one text delta missing", static f => [.. f.Where((_, i) => i != TextAt(f) + 1)]) with { SaysSomethingElse = true };
        yield return Frames(Group, "the last text deltas missing", static f => [.. f.Where((one, i) => i < TextAt(f) + 3 || !IsText(one))]);
        yield return Frames(Group, "two text deltas in the wrong order", static f => Swapped(f)) with { SaysSomethingElse = true };
        yield return new(Group, "duplicate members", Text(static t => t.Replace("\"status\":\"completed\"", "\"status\":\"failed\",\"status\":\"completed\"", StringComparison.Ordinal)));
        yield return new(Group, "huge numbers", Text(static t => t.Replace("\"usage\":{", "\"usage\":{\"cost_in_usd_ticks\":1e400,\"input_tokens\":999999999999999999999,", StringComparison.Ordinal).Replace("\"object\":", "\"unheard_of\":1e400,\"object\":", StringComparison.Ordinal)));
        yield return new(Group, "ids with control characters", Text(static t => t.Replace("\"id\":\"msg_", "\"id\":\"\\u0000\\r\\n\\u001b[2Jmsg_", StringComparison.Ordinal)));
        yield return new(Group, "an unknown member nested 30 deep", Text(static t => t.Replace("\"object\":\"response\"", $"\"unheard_of\":{new string('[', 30)}{new string(']', 30)},\"object\":\"response\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<FaultRow> Hostile()
    {
        const string Group = "Invalid answers";
        yield return new(Group, "a member nested 10,000 deep", Text(static t => t.Replace("\"object\":\"response\"", $"\"unheard_of\":{new string('[', 10_000)}{new string(']', 10_000)},\"object\":\"response\"", StringComparison.Ordinal)));
        yield return new(Group, "text that is not UTF-8", Bytes("Forty", [0xC3, 0x28, 0xFF])) { WithLoss = "\uFFFD(\uFFFD-two, as ever." };
        yield return new(Group, "an unpaired surrogate in the text", Text(static t => t.Replace("Forty", "\\ud83d", StringComparison.Ordinal))) { WithLoss = "\uFFFD-two, as ever." };
        yield return Frames(Group, "an event that is not JSON", static f => [.. f[..^3], "data: {\"type\":", .. f[^3..]]);
        yield return new(Group, "labelled gzip, but not compressed", static async e => await e.AnswerAsync(await e.FetchAsync(), ("Content-Encoding", "gzip")));
        yield return new(Group, "truncated gzip", static e => e.AnswerAsync((e.IsStream ? StreamedBomb : WholeBomb).Value.AsMemory(0, 4000), ("Content-Encoding", "gzip"))) { IsHeavy = true };
        yield return new(Group, "more than 64 MiB in one event or body", static async e =>
        {
            e.Begin(200, e.IsStream ? "text/event-stream" : "application/json");
            await e.WriteAsync(Encoding.ASCII.GetBytes(e.IsStream ? "data: {\"type\":\"response.output_text.delta\",\"delta\":\"" : "{\"id\":\""));
            await e.WriteAsync(Much.Value);
            await e.WriteAsync("\"}\n\n"u8.ToArray());
        })
        { IsHeavy = true };
        yield return new(Group, "a decompression bomb", static e => e.AnswerAsync((e.IsStream ? StreamedBomb : WholeBomb).Value, ("Content-Encoding", "gzip"))) { IsHeavy = true };
    }

    private static IEnumerable<FaultRow> OfOurs()
    {
        const string Group = "Rejected parameters and local limits";
        Happens refuses = static e => e.Body.AsSpan().IndexOf("\"temperature\""u8) >= 0
            ? e.AnswerAsync(400, "application/json", """{"code":"400","error":"Argument not supported: temperature"}"""u8.ToArray())
            : e.PassAsync();
        yield return new(Group, "a rejected parameter", refuses) { Temperature = 0.5f };
        yield return new(Group, "a rejected parameter, `DropRefusedParameters`", refuses) { Temperature = 0.5f, WholeKnobs = new() { DropRefusedParameters = true }, Knobs = new() { DropRefusedParameters = true } };
        yield return new(Group, "the environment names a proxy, and the endpoint is loopback", static e => e.PassAsync()) { WholeKnobs = ByName, Knobs = ByName };
        yield return new(Group, "the caller cancels, and the handler throws an IOException", static e => e.StallAsync()) { WholeKnobs = Rude, Knobs = Rude, Cancels = true };
        yield return new(Group, "more requests than `MaxConcurrentRequests`", static e => e.PassAsync()) { IsOccupied = true, WholeKnobs = One, Knobs = One };
    }

    private static Knobs Persistent => new() { RetryServerErrors = true };

    private static Knobs ByName => new() { Host = "localhost" };

    private static Knobs Rude => new() { IsRude = true };

    private static Knobs One => new() { MaxConcurrentRequests = 1, MaxQueuedRequests = 0 };

    private static Happens Ask(string fault)
    {
        _ = Emulated.Add(fault.Split(';')[0]);
        return e => e.PassAsync(fault);
    }

    private static Happens Body(string body, int status = 503) => e => e.AnswerAsync(status, "application/json", Encoding.UTF8.GetBytes(body));

    /// <summary>The beginning of the successful answer.</summary>
    private static Happens Cut(int events) => async e =>
    {
        var bytes = await e.FetchAsync();
        var at = bytes.Length / 2;
        for (var (count, from) = (0, 0); e.IsStream && count < events; count++)
        {
            from = at = from + bytes.AsSpan(from).IndexOf("\n\n"u8) + 2;
        }

        await e.CutAsync(bytes.AsMemory(0, at));
    };

    /// <summary>The beginning of an answer, which the service finishes or abandons.</summary>
    private static Happens CutWhileRunning(string fault)
    {
        _ = Emulated.Add(fault.Split(';')[0]);
        return async e => await e.CutAsync(await e.FetchAsync(fault));
    }

    /// <summary>The successful answer with a changed text.</summary>
    private static Happens Text(Func<string, string> change) => async e => await e.AnswerAsync(Encoding.UTF8.GetBytes(Changed(Encoding.UTF8.GetString(await e.FetchAsync()), change)));

    private static string Changed(string text, Func<string, string> change)
    {
        var changed = change(text);
        return changed != text ? changed : throw new InvalidOperationException("The fault changes nothing.");
    }

    private static Happens Bytes(string what, byte[] instead) => async e =>
        await e.AnswerAsync(Encoding.Latin1.GetBytes(Changed(Encoding.Latin1.GetString(await e.FetchAsync()), t => t.Replace(what, Encoding.Latin1.GetString(instead), StringComparison.Ordinal))));

    /// <summary>The successful stream with changed events.</summary>
    private static FaultRow Frames(string group, string name, Func<string[], string[]> change, bool isOpen = false) => new(group, name, async e =>
    {
        var frames = Encoding.UTF8.GetString(await e.FetchAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        await e.AnswerAsync(Encoding.UTF8.GetBytes(string.Join("\n\n", change(frames)) + (isOpen ? "" : "\n\n")));
    })
    { Forms = Forms.Streamed };

    private static string[] Swapped(string[] frames)
    {
        var at = TextAt(frames) + 1;
        return [.. frames[..at], frames[at + 1], frames[at], .. frames[(at + 2)..]];
    }

    private static int TextAt(string[] frames) => Array.FindIndex(frames, IsText);

    private static bool IsText(string frame) => frame.Contains("output_text.delta", StringComparison.Ordinal);

    /// <summary>A beginning, and a repeated part until the client disconnects.</summary>
    private static Happens Forever(string start, string again, string? streamed = null) => async e =>
    {
        e.Begin(200, e.IsStream ? "text/event-stream" : "application/json");
        await e.WriteAsync(Encoding.ASCII.GetBytes(e.IsStream ? "" : start));
        while (true)
        {
            await e.WriteAsync(Encoding.ASCII.GetBytes((e.IsStream ? streamed : null) ?? again));
            // The pace of a service.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, e.Left);
        }
    };

    private static byte[] Zip(ReadOnlySpan<byte> start)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            zip.Write(start);
            zip.Write(Much.Value);
            zip.Write("\"}\n\n"u8);
        }

        return zipped.ToArray();
    }
}
