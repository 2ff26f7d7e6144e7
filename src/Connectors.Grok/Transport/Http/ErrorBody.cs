using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>What the service said of an error, from whichever of its shapes.</summary>
/// <param name="Code">Its word for it.</param>
/// <param name="Message">Its sentence.</param>
/// <param name="Status">The HTTP status that stands inside the body, as some frames have it.</param>
internal sealed record ErrorBody(string? Code, string? Message, int? Status = null)
{
    /// <summary>How often text may stand in text: each time costs a copy of it.</summary>
    private const int MostLayers = 3;

    /// <summary>Its word for it, fit to be shown.</summary>
    public string? Code { get; init; } = Visible(Code);

    /// <summary>Its sentence, fit to be shown.</summary>
    public string? Message { get; init; } = Visible(Message);

    /// <summary>
    /// Reads <c>{code,error}</c>, <c>{error:{message,code,type}}</c>, <c>{error}</c>, <c>{code,message}</c>, <c>{detail}</c>,
    /// the same as text inside a JSON string, and plain text; of the gateways before the service <c>{error,error_description}</c> (RFC 6749,
    /// 5.2) and lists of complaints, <c>{detail:[{loc,msg}]}</c> and <c>{errors:[…]}</c>.
    /// </summary>
    public static ErrorBody Parse(string text) => Parse(text, layer: 0);

    public static ErrorBody Parse(JsonElement json) => Parse(json, layer: 0);

    /// <summary>What a finished response says of its own failure, or null when it did not fail.</summary>
    public static ErrorBody? Of(GrokResponse response) =>
        response.Status is "failed" or "cancelled" || (response.Error is not null && response.Output is not { Count: > 0 }) ? OfFailed(response) : null;

    public static ErrorBody OfFailed(GrokResponse? response) =>
        new(
            // In the flat shape, which errors with a bad status have, code and error are siblings.
            response?.Error?.Code ?? (response?.AdditionalMembers?.TryGetValue("code", out var code) == true ? code.ToString() : null),
            response?.Error?.Message ?? (response?.Status == "cancelled" ? "The response was cancelled." : "The response failed."));

    /// <summary>Whoever reads the words in a terminal must not have it steered by them. Lines stay lines.</summary>
    private static string? Visible(string? text) => text?.Any(IsSteering) != true ? text
        : string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).Select(static c => IsSteering(c) ? '\uFFFD' : c));

    private static bool IsSteering(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static ErrorBody Parse(string text, int layer)
    {
        try
        {
            using var document = JsonDocument.Parse(Utf8Repair.Repair(Encoding.UTF8.GetBytes(text)).ToArray());
            return Parse(document.RootElement, layer);
        }
        catch (JsonException)
        {
            return new ErrorBody(null, text.Trim());
        }
    }

    private static ErrorBody Parse(JsonElement json, int layer)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            var text = json.GetString()!;
            return layer < MostLayers && text.TrimStart() is ['{' or '"', ..] ? Parse(text, layer + 1) : new ErrorBody(null, text);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ErrorBody(null, json.ToString());
        }

        var code = Text(json, "code");
        var status = json.TryGetProperty("status", out var s) && s.ValueKind == JsonValueKind.Number && s.TryGetInt32(out var number) ? number : (int?)null;
        if (json.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            var inner = Parse(error, layer);
            return Text(json, "error_description") is { } description
                ? new ErrorBody(inner.Code ?? code ?? inner.Message, description, status)
                : new ErrorBody(inner.Code ?? code, inner.Message, inner.Status ?? status);
        }

        return new ErrorBody(code ?? Text(json, "error_type"), Text(json, "message") ?? Text(json, "detail") ?? Complaints(json, "detail") ?? Complaints(json, "errors"), status);
    }

    /// <summary>The sentences of a list, each after the member that it is about. The input that the list also repeats is left out.</summary>
    private static string? Complaints(JsonElement json, string name)
    {
        var complaints = json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(Complaint).OfType<string>() : [];
        return string.Join("; ", complaints) is { Length: > 0 } text ? text : null;
    }

    private static string? Complaint(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }

        var text = Text(json, "msg") ?? Text(json, "message");
        return text is not null && json.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array
            ? $"{string.Join('.', place.EnumerateArray())}: {text}"
            : text;
    }

    /// <summary>A member as text; codes come as numbers too.</summary>
    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
