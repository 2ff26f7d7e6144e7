using System.Globalization;

namespace Connectors.Grok.Emulator.Faults;

/// <summary>The faults by name, for the header <c>x-emulator-fault</c> and for <see cref="Fault.Parse"/>.</summary>
internal static class FaultCatalog
{
    /// <summary>The name of the request header that requests a fault.</summary>
    public const string Header = "x-emulator-fault";

    private const string UnauthorizedExpired = "unauthorized-expired";

    private static readonly Dictionary<string, (string Meaning, Func<Parameters, Fault> Make)> Known = new()
    {
        ["status"] = ("the HTTP error of `status`, `code` and `message`", parameters => Fault.ServerError(parameters.Number("status", 503))),
        ["rate-limited"] = ("429, `retry-after` in seconds when given", parameters => Fault.RateLimited(parameters.Seconds("retry-after"))),
        ["at-capacity"] = ("429, the model is at capacity; `retry-after` in seconds when given", parameters => Fault.AtCapacity(parameters.Seconds("retry-after"))),
        ["overloaded"] = ("529, the service is overloaded", _ => Fault.Overloaded()),
        ["quota-exceeded"] = ("429, the quota is exhausted; only the text differs from `rate-limited`", _ => Fault.QuotaExceeded()),
        ["free-usage-exhausted"] = ("429, the free usage of a subscription is exhausted", _ => Fault.FreeUsageExhausted()),
        ["spending-limit"] = ("429 with a numeric code and a machine-readable tag", _ => Fault.SpendingLimit()),
        ["credits-used"] = ("403, the newer form of a quota error", _ => Fault.CreditsUsed()),
        ["no-credits"] = ("403, a new team without credits", _ => Fault.NoCredits()),
        ["access-denied"] = ("403, a key without permission", _ => Fault.AccessDenied()),
        ["content-policy"] = ("403, content that violates the usage guidelines", _ => Fault.ContentPolicy()),
        ["bad-credentials"] = ("403, an invalid access token", _ => Fault.BadCredentials()),
        [UnauthorizedExpired] = ("401 once, an expired token; `times` for more", _ => Fault.ExpiredToken()),
        ["payment-required"] = ("402, as gateways send it", _ => Fault.PaymentRequired()),
        ["server-error"] = ("500, or another `status`", parameters => Fault.ServerError(parameters.Number("status", 500))),
        ["unavailable"] = ("503", _ => Fault.ServerError()),
        ["html"] = ("an HTML page with status 520, or another `status`", parameters => Fault.Html(parameters.Number("status", 520))),
        ["plain-text"] = ("503 in plain text", _ => Fault.ServerError().WithShape(ErrorShape.PlainText)),
        ["nested"] = ("503 with a nested error object", _ => Fault.ServerError().WithShape(ErrorShape.Nested)),
        ["nested-param"] = ("400 with a nested error object about the member `param`", _ => Fault.Status(400, "invalid_value", "The value is not valid.").WithShape(ErrorShape.NestedParam)),
        ["array"] = ("503 whose body is an array with an error object, as Google sends it", _ => Fault.ServerError().WithShape(ErrorShape.Array)),
        ["error-only"] = ("503 with no member but `error`", _ => Fault.ServerError().WithShape(ErrorShape.ErrorOnly)),
        ["json-string"] = ("503 whose body is a JSON string", _ => Fault.ServerError().WithShape(ErrorShape.JsonString)),
        ["double-encoded"] = ("503 whose body is JSON within a JSON string", _ => Fault.ServerError().WithShape(ErrorShape.DoubleEncoded)),
        ["error-first"] = ("a stream whose first event is an error", _ => Fault.ErrorFirst()),
        ["untyped-error"] = ("`{\"code\",\"error\"}` without a type after `after` events", parameters => Fault.UntypedError(parameters.Number("after", 2))),
        ["nested-error"] = ("`{\"error\":{…}}` after `after` events", parameters => Fault.NestedError(parameters.Number("after", 2))),
        ["error-event"] = ("an error event with the numeric code `status` (503) after `after` events", parameters => Fault.ErrorEvent(parameters.Number("status", 503), parameters.Number("after", 1))),
        ["at-capacity-event"] = ("`{\"error\":{…}}` after `after` events: the model is at capacity", parameters => Fault.AtCapacityEvent(parameters.Number("after", 1))),
        ["error-object"] = ("a 200 with an `error` object and no output", _ => Fault.ErrorObject()),
        ["cut"] = ("the connection is aborted after `after` events", parameters => Fault.CutAfter(parameters.Number("after", 5))),
        ["end"] = ("the stream ends without a terminal event after `after` events", parameters => Fault.EndAfter(parameters.Number("after", 5))),
        ["stall"] = ("no data after `after` events, until the client disconnects", parameters => Fault.StallAfter(parameters.Number("after", 5))),
        ["pings"] = ("only pings and comments after `after` events, one each `every` milliseconds (15000)", parameters => Fault.PingsAfter(parameters.Number("after", 2), TimeSpan.FromMilliseconds(parameters.Number("every", 15_000)))),
        ["empty-final-output"] = ("the final response has an empty `output`", _ => Fault.EmptyFinalOutput()),
        ["failed"] = ("`response.failed` with `code` and `message`", _ => Fault.Failed()),
        ["keep-alives"] = ("comment lines between events", _ => Fault.KeepAlives()),
        ["data-only"] = ("no `event:` lines", _ => Fault.DataOnly()),
        ["unknown-events"] = ("an event of an unknown type", _ => Fault.UnknownEvents()),
        ["done"] = ("`data: [DONE]` at the end of the stream", _ => Fault.Done()),
        ["json-answer"] = ("JSON although the request asks for a stream", _ => Fault.JsonAnswer()),
        ["large-events"] = ("encrypted reasoning of at least `bytes` (2 MiB)", parameters => Fault.LargeEvents(parameters.Number("bytes", 2 * 1024 * 1024))),
        ["young-id"] = ("an id that cannot be continued, retrieved or deleted for `seconds` (5)", parameters => Fault.YoungId(TimeSpan.FromSeconds(parameters.Number("seconds", 5)))),
        ["gzip"] = ("compressed with gzip although the client did not request it", _ => Fault.Gzip()),
        ["wrong-content-type"] = ("`text/plain`, or another `content-type`", _ => Fault.WrongContentType()),
    };

    public static IEnumerable<(string Name, string Meaning)> Names => Known.Select(entry => (entry.Key, entry.Value.Meaning));

    public static Fault Parse(string text)
    {
        var parameters = new Parameters(text);
        if (!Known.TryGetValue(parameters.Name, out var known))
        {
            throw new FormatException($"The fault '{parameters.Name}' does not exist. Use one of: {string.Join(", ", Known.Keys)}.");
        }

        try
        {
            return parameters.ApplyTo(known.Make(parameters)) with { Name = parameters.Name };
        }
        catch (ArgumentException invalid)
        {
            throw new FormatException($"The fault '{text}' is invalid: {invalid.Message}", invalid);
        }
    }

    /// <summary>Returns how many requests get the fault, and the id under which they are counted.</summary>
    public static (string Id, int Times) ParseRepetition(string text)
    {
        var parameters = new Parameters(text);
        return (parameters.Text("id") ?? text, parameters.Number("times", parameters.Name == UnauthorizedExpired ? 1 : int.MaxValue));
    }

    private sealed class Parameters
    {
        private static readonly string[] Keys =
            ["after", "status", "code", "message", "retry-after", "retry-after-ms", "should-retry", "shape", "content-type", "gzip", "times", "id", "bytes", "every", "finish", "seconds", "param", "error-type"];

        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        public Parameters(string text)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Name = parts.Length > 0 ? parts[0].ToLowerInvariant() : "";
            foreach (var pair in parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)))
            {
                if (!Keys.Contains(pair[0], StringComparer.OrdinalIgnoreCase))
                {
                    throw new FormatException($"The fault parameter '{pair[0]}' does not exist. Use one of: {string.Join(", ", Keys)}.");
                }

                _values[pair[0]] = pair.Length > 1 ? pair[1] : "";
            }
        }

        public string Name { get; }

        public string? Text(string key) => _values.GetValueOrDefault(key);

        public int Number(string key, int defaultValue) => Text(key) is not { } text
            ? defaultValue
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"The value '{text}' of the fault parameter '{key}' is not a whole number.");

        public TimeSpan? Seconds(string key) => Text(key) is null ? null : TimeSpan.FromSeconds(Number(key, 0));

        public Fault ApplyTo(Fault fault)
        {
            fault = fault.WithError(Text("code"), Text("message"));
            if (Text("shape") is { } shape)
            {
                fault = Enum.TryParse<ErrorShape>(shape.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var known)
                    ? fault.WithShape(known)
                    : throw new FormatException($"The error shape '{shape}' does not exist. Use one of: {string.Join(", ", Enum.GetNames<ErrorShape>())}.");
            }

            if (Text("finish") is { } finish)
            {
                fault = fault.FinishingAfterDisconnect(!finish.Equals("false", StringComparison.OrdinalIgnoreCase));
            }

            if (Seconds("retry-after") is { } wait)
            {
                fault = fault.Kind == FaultKind.Status ? fault.WithWait(wait) : fault.WithHeader("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            }

            if (Text("retry-after-ms") is not null)
            {
                fault = fault.WithRetryAfterMs(TimeSpan.FromMilliseconds(Number("retry-after-ms", 0)));
            }

            if (Text("param") is { } param)
            {
                fault = fault.WithParam(param);
            }

            if (Text("error-type") is { } errorType)
            {
                fault = fault.WithErrorType(errorType);
            }

            if (Text("should-retry") is { } shouldRetry)
            {
                fault = fault.WithHeader("x-should-retry", shouldRetry);
            }

            if (Text("content-type") is { } contentType)
            {
                fault = fault.WithContentType(contentType);
            }

            return Text("gzip") is null ? fault : fault.Gzipped();
        }
    }
}
