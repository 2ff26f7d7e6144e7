using System.Globalization;

namespace Connectors.Grok.Emulator.Faults;

/// <summary>Every fault by its name, for those who cannot call C#.</summary>
internal static class FaultCatalog
{
    /// <summary>The header that asks for a fault.</summary>
    public const string Header = "x-emulator-fault";

    private static readonly Dictionary<string, (string Meaning, Func<Parameters, Fault> Make)> Known = new()
    {
        ["status"] = ("the HTTP error of `status`, `code` and `message`", parameters => Fault.ServerError(parameters.Number("status", 503))),
        ["rate-limited"] = ("429, `retry-after` in seconds when given", parameters => Fault.RateLimited(parameters.Seconds("retry-after"))),
        ["quota-exceeded"] = ("429 that no retry helps; only its text tells", _ => Fault.QuotaExceeded()),
        ["free-usage-exhausted"] = ("429 with the code of a used up subscription", _ => Fault.FreeUsageExhausted()),
        ["spending-limit"] = ("429 with a number for a code and a machine tag", _ => Fault.SpendingLimit()),
        ["credits-used"] = ("403, the newer form of a quota error", _ => Fault.CreditsUsed()),
        ["no-credits"] = ("403, a new team without credits", _ => Fault.NoCredits()),
        ["access-denied"] = ("403, a key without the right", _ => Fault.AccessDenied()),
        ["content-policy"] = ("403, content against the guidelines", _ => Fault.ContentPolicy()),
        ["bad-credentials"] = ("403, an access token that is no longer good", _ => Fault.BadCredentials()),
        ["payment-required"] = ("402, as gateways send it", _ => Fault.PaymentRequired()),
        ["server-error"] = ("500, or another `status`", parameters => Fault.ServerError(parameters.Number("status", 500))),
        ["unavailable"] = ("503", _ => Fault.ServerError()),
        ["html"] = ("an HTML page of status 520, or another `status`", parameters => Fault.Html(parameters.Number("status", 520))),
        ["plain-text"] = ("503 in plain text", _ => Fault.ServerError().WithShape(ErrorShape.PlainText)),
        ["nested"] = ("503 with a nested error object", _ => Fault.ServerError().WithShape(ErrorShape.Nested)),
        ["error-only"] = ("503 with nothing but `error`", _ => Fault.ServerError().WithShape(ErrorShape.ErrorOnly)),
        ["json-string"] = ("503 whose body is a JSON string", _ => Fault.ServerError().WithShape(ErrorShape.JsonString)),
        ["double-encoded"] = ("503 whose body is JSON in a JSON string", _ => Fault.ServerError().WithShape(ErrorShape.DoubleEncoded)),
        ["error-first"] = ("a stream whose first frame is an error", _ => Fault.ErrorFirst()),
        ["untyped-error"] = ("a frame `{\"code\",\"error\"}` after `after` events", parameters => Fault.UntypedError(parameters.Number("after", 2))),
        ["nested-error"] = ("a frame `{\"error\":{…}}` after `after` events", parameters => Fault.NestedError(parameters.Number("after", 2))),
        ["error-object"] = ("a 200 with an `error` object and no output", _ => Fault.ErrorObject()),
        ["cut"] = ("the connection breaks after `after` events", parameters => Fault.CutAfter(parameters.Number("after", 5))),
        ["end"] = ("the stream ends too early, after `after` events", parameters => Fault.EndAfter(parameters.Number("after", 5))),
        ["stall"] = ("silence after `after` events", parameters => Fault.StallAfter(parameters.Number("after", 5))),
        ["empty-final-output"] = ("the final response has an empty `output`", _ => Fault.EmptyFinalOutput()),
        ["failed"] = ("`response.failed` with `code` and `message`", _ => Fault.Failed()),
        ["keep-alives"] = ("comment lines between events", _ => Fault.KeepAlives()),
        ["data-only"] = ("no `event:` lines", _ => Fault.DataOnly()),
        ["unknown-events"] = ("events nobody knows", _ => Fault.UnknownEvents()),
        ["gzip"] = ("compressed although nobody asked", _ => Fault.Gzip()),
        ["wrong-content-type"] = ("`text/plain`, or another `content-type`", _ => Fault.WrongContentType()),
    };

    public static IEnumerable<(string Name, string Meaning)> Names => Known.Select(entry => (entry.Key, entry.Value.Meaning));

    public static Fault Parse(string text)
    {
        var parameters = new Parameters(text);
        if (!Known.TryGetValue(parameters.Name, out var known))
        {
            throw new FormatException($"There is no fault named '{parameters.Name}'. There are: {string.Join(", ", Known.Keys)}.");
        }

        try
        {
            return parameters.ApplyTo(known.Make(parameters));
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"The fault '{text}' cannot be: {wrong.Message}", wrong);
        }
    }

    /// <summary>How often the header asks for its fault, and under which name that is counted.</summary>
    public static (string Id, int Times) ParseRepetition(string text)
    {
        var parameters = new Parameters(text);
        return (parameters.Text("id") ?? text, parameters.Number("times", int.MaxValue));
    }

    private sealed class Parameters
    {
        private static readonly string[] Keys =
            ["after", "status", "code", "message", "retry-after", "should-retry", "shape", "content-type", "gzip", "times", "id"];

        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        public Parameters(string text)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Name = parts.Length > 0 ? parts[0].ToLowerInvariant() : "";
            foreach (var pair in parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)))
            {
                if (!Keys.Contains(pair[0], StringComparer.OrdinalIgnoreCase))
                {
                    throw new FormatException($"'{pair[0]}' is unknown in a fault. Known are: {string.Join(", ", Keys)}.");
                }

                _values[pair[0]] = pair.Length > 1 ? pair[1] : "";
            }
        }

        public string Name { get; }

        public string? Text(string key) => _values.GetValueOrDefault(key);

        public int Number(string key, int defaultValue) => Text(key) is not { } text
            ? defaultValue
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no number for {key}.");

        public TimeSpan? Seconds(string key) => Text(key) is null ? null : TimeSpan.FromSeconds(Number(key, 0));

        public Fault ApplyTo(Fault fault)
        {
            fault = fault.WithError(Text("code"), Text("message"));
            if (Text("shape") is { } shape)
            {
                fault = Enum.TryParse<ErrorShape>(shape.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var known)
                    ? fault.WithShape(known)
                    : throw new FormatException($"'{shape}' is no shape. There are: {string.Join(", ", Enum.GetNames<ErrorShape>())}.");
            }

            if (Name != "rate-limited" && Seconds("retry-after") is { } wait)
            {
                fault = fault.WithHeader("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
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
