using System.Globalization;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients;

internal sealed partial class DotNetClient
{
    private static readonly (string Fault, int Status)[] Errors =
    [
        ("rate-limited; retry-after=1", 429), ("at-capacity", 429), ("overloaded", 529), ("quota-exceeded", 429), ("free-usage-exhausted", 429), ("spending-limit", 429), ("credits-used", 403), ("no-credits", 403),
        ("access-denied", 403), ("content-policy", 403), ("bad-credentials", 403), ("payment-required", 402), ("server-error", 500), ("unavailable", 503), ("html; status=522", 522),
        ("plain-text", 503), ("nested", 503), ("error-only", 503), ("json-string", 503), ("double-encoded", 503),
        ("unauthorized-expired; times=99", 401), ("nested-param; param=store", 400), ("array", 503),
    ];

    private Dictionary<string, Func<Task>> Faults()
    {
        var checks = new Dictionary<string, Func<Task>>
        {
            ["429, then success by the client's own retry"] = async () =>
            {
                var patient = Client($"rate-limited; retry-after=0; times=1; id={Guid.NewGuid()}", retries: 2);
                Must((await patient.CreateResponseAsync(Options("What is 2 + 2?"))).Value.GetOutputText() == "2 + 2 equals 4.", "wrong text");
            },
        };
        foreach (var (fault, status) in Errors)
        {
            checks[$"fault: {fault.Split(';')[0]}"] = async () =>
            {
                var error = await FailsAsync(AskAsync(fault));
                Must(error.Status == status, string.Create(CultureInfo.InvariantCulture, $"status {error.Status} instead of {status}"));
            };
        }

        foreach (var fault in (string[])["error-first", "untyped-error", "nested-error", "error-event", "at-capacity-event", "error-object", "cut", "end", "failed"])
        {
            checks[$"fault: {fault}"] = async () => Must(await ThrowsAsync(fault), "no error is raised");
        }

        foreach (var fault in (string[])["empty-final-output", "keep-alives", "data-only", "unknown-events", "done", "json-answer", "large-events", "gzip", "wrong-content-type", "young-id"])
        {
            checks[$"fault: {fault}"] = async () => Must((await AskAsync(fault)).Contains("2 + 2 equals 4", StringComparison.Ordinal), "the text is missing");
        }

        checks["fault: pings"] = async () => Must(await AbortAsync("pings; after=4; every=100") == 4, "not four updates");
        checks["fault: stall"] = async () => Must(await AbortAsync() == 4, "not four updates");
        return checks;
    }

    private async Task<bool> ThrowsAsync(string fault)
    {
        try
        {
            await AskAsync(fault);
            return false;
        }
        catch (Exception error) when (error is not NullReferenceException)
        {
            return true;
        }
    }

    private async Task<string> AskAsync(string fault)
    {
        var updates = await StreamAsync(Client(fault), Options("What is 2 + 2?"));
        if (updates.OfType<StreamingResponseErrorUpdate>().FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }

        if (updates.OfType<StreamingResponseFailedUpdate>().FirstOrDefault() is { } failed)
        {
            throw new InvalidOperationException(failed.Response.Error.Message);
        }

        return string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(update => update.Delta));
    }
}
