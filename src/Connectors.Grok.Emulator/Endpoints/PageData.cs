using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>What the page shows, as JSON.</summary>
internal sealed class PageData(GrokEmulatorOptions options, EmulatorApp app)
{
    private const int MaxRequests = 300;
    private const int MaxText = 300;
    private const int MaxBody = 200_000;

    /// <summary>Returns the newest requests, oldest first, and the totals.</summary>
    public byte[] State() => Json.WriteObject(writer =>
    {
        writer.WriteString("service", options.ServedBy?.GetType().Name.Replace("Host", "", StringComparison.Ordinal) ?? "xAI");
        writer.WriteString("answers", app.Upstream is not null ? "a service, recorded" : app.IsReplaying ? "a recording" : app.Script.Count > 0 || app.Script.Strict ? "a script" : "the built-in model");
        writer.WriteNumber("received", app.Log.Received);
        writer.WriteNumber("stored", app.Stored);
        writer.WriteNumber("costInUsdTicks", app.Log.CostInUsdTicks);
        writer.WriteNumber("faults", app.Faults.Count);
        writer.WriteNumber("replies", app.Script.Count);
        writer.WriteStartArray("gates");
        foreach (var (name, gate) in app.Gates)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteBoolean("isReached", gate.Reached.IsCompleted);
            writer.WriteBoolean("isOpen", gate.IsOpen);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("requests");
        foreach (var request in app.Log.Snapshot().TakeLast(MaxRequests))
        {
            Write(writer, request);
        }

        writer.WriteEndArray();
    });

    /// <summary>Returns the names and meanings of the faults.</summary>
    public static byte[] FaultNames() => Json.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var (name, meaning) in FaultCatalog.Names)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("meaning", meaning.Replace("`", "", StringComparison.Ordinal));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>Returns a request with its headers and its body; null when it is not kept.</summary>
    public byte[]? Request(string number)
    {
        var wanted = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
        return app.Log.Snapshot().FirstOrDefault(request => request.Number == wanted) is not { } found ? null : Json.WriteObject(writer =>
        {
            writer.WriteNumber("number", found.Number);
            writer.WriteStartObject("headers");
            foreach (var (name, header) in found.Headers)
            {
                writer.WriteString(name, header);
            }

            writer.WriteEndObject();
            writer.WriteString("body", Shorten(found.Body, MaxBody));
            writer.WriteString("answer", found.Completed?.Text);
            writer.WriteString("problem", found.Problem);
        });
    }

    private static void Write(Utf8JsonWriter writer, RecordedRequest request)
    {
        writer.WriteStartObject();
        writer.WriteNumber("number", request.Number);
        writer.WriteString("time", request.ReceivedAt.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteString("method", request.Method);
        writer.WriteString("path", request.Path);
        writer.WriteNumberOrNull("status", request.Status);
        writer.WriteString("outcome", request.Outcome.IsCompletedSuccessfully ? request.Outcome.Result.ToString() : "Pending");
        writer.WriteString("model", request.Model);
        writer.WriteBoolean("isStreamed", request.IsStreamed);
        writer.WriteString("previous", request.PreviousResponseId);
        writer.WriteString("response", request.CompletedResponseId);
        writer.WriteString("said", Shorten(request.LastUserText, MaxText));
        writer.WriteString("answer", Shorten(request.Completed?.Text, MaxText));
        writer.WriteString("problem", Shorten(request.Problem, MaxText));
        writer.WriteNumberOrNull("costInUsdTicks", request.Completed?.CostInUsdTicks);
        writer.WriteNumberOrNull("inputTokens", request.Completed?.InputTokens);
        writer.WriteNumberOrNull("outputTokens", request.Completed?.OutputTokens);
        writer.WriteEndObject();
    }

    private static string? Shorten(string? text, int length) => text?.Length > length ? text[..length] + "…" : text;
}
