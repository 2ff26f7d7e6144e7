using System.Globalization;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>An error of the service, parsed from any of its shapes.</summary>
/// <param name="Code">The error code.</param>
/// <param name="Message">The error message.</param>
/// <param name="Status">The HTTP status that the body contains, as some error events of a stream do; null when it contains none.</param>
internal sealed record ErrorBody(string? Code, string? Message, int? Status = null)
{
    /// <summary>The maximum number of nested JSON strings; each level costs a copy.</summary>
    private const int MostLayers = 3;

    /// <summary>The error code, with control characters replaced.</summary>
    public string? Code { get; init; } = Visible(Code);

    /// <summary>The error message, with control characters replaced.</summary>
    public string? Message { get; init; } = Visible(Message);

    /// <summary>The error's type, such as <c>insufficient_quota</c>: some services say in it what others say in the code.</summary>
    public string? Type { get; init; }

    /// <summary>The member of the request that the error names, such as <c>previous_response_id</c>.</summary>
    public string? Parameter { get; init; }

    /// <summary>The wait before a retry that the error asks for (Google's <c>RetryInfo</c>).</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>
    /// Reads <c>{code,error}</c>, <c>{error:{message,code,type}}</c>, <c>{error}</c>, <c>{code,message}</c>, <c>{detail}</c>,
    /// the same as text inside a JSON string, and plain text; of the gateways before the service <c>{error,error_description}</c> (RFC 6749,
    /// 5.2) and lists of errors, <c>{detail:[{loc,msg}]}</c> and <c>{errors:[…]}</c>; Google's <c>[{error:{code,message,status,details}}]</c>; the members <c>param</c>,
    /// <c>error_type</c>, <c>metadata.error_type</c> and <c>innererror.code</c>; and an error of the service inside the words of a gateway.
    /// </summary>
    public static ErrorBody Parse(string text) => Parse(text, layer: 0);

    public static ErrorBody Parse(JsonElement json) => Parse(json, layer: 0);

    /// <summary>Gets the error of a failed response; null when the response did not fail.</summary>
    public static ErrorBody? FromResponse(GrokResponse response) =>
        response.Status is "failed" or "cancelled" || (response.Error is not null && response.Output is not { Count: > 0 }) ? FromFailed(response)
            // Words without an error member, where a response was expected.
            : response is { Output: null, Status: null, AdditionalMembers: { } members } && Parse(members) is { Message: { Length: > 0 } } error ? error
            : null;

    public static ErrorBody FromFailed(GrokResponse? response)
    {
        // An error in the error, or words under other names, are among the members that the record has no property for.
        var inner = response?.Error?.AdditionalMembers is { } members ? Parse(members) : null;
        // In the flat shape, which error statuses have, code and error are siblings.
        var code = response?.Error?.Code ?? inner?.Code ?? (response?.AdditionalMembers?.TryGetValue("code", out var sibling) == true ? sibling.ToString() : null);
        var message = response?.Error?.Message ?? inner?.Message ?? (response?.Status == "cancelled" ? "The response was cancelled." : "The response failed.");
        // OpenRouter says in a sibling of the error what went wrong, and server_error in the code.
        var type = response?.AdditionalMembers?.TryGetValue("error_type", out var kind) == true && kind.ValueKind == JsonValueKind.String ? kind.GetString() : inner?.Type;
        return new(code, message, inner?.Status ?? StatusOf(code)) { Type = type, Parameter = inner?.Parameter, RetryDelay = inner?.RetryDelay };
    }

    private static ErrorBody Parse(IReadOnlyDictionary<string, JsonElement> members) =>
        Parse($"{{{string.Join(',', members.Select(static m => $"\"{JsonEncodedText.Encode(m.Key)}\":{m.Value.GetRawText()}"))}}}");

    /// <summary>Replaces control characters, which could control a terminal that shows the message. Line feeds are kept.</summary>
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

        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0 && json[0].ValueKind == JsonValueKind.Object)
        {
            return Parse(json[0], layer);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ErrorBody(null, json.ToString());
        }

        var code = Text(json, "code");
        var status = StatusOf(json);
        if (json.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            var inner = Parse(error, layer);
            inner = inner with { Type = Text(json, "error_type") ?? inner.Type, Parameter = inner.Parameter ?? Text(json, "param") };
            return Text(json, "error_description") is { } description
                ? inner with { Code = inner.Code ?? code ?? inner.Message, Message = description, Status = status }
                : inner with { Code = inner.Code ?? code, Status = StatusOf(error) ?? status ?? inner.Status ?? StatusOf(code) };
        }

        var message = Text(json, "message") ?? Text(json, "detail") ?? Complaints(json, "detail") ?? Complaints(json, "errors");
        var type = Text(json, "metadata", "error_type") ?? Text(json, "type");
        // Google's codes are numbers, and the status is the name of the error.
        var name = StatusOf(code) is not null ? Text(json, "status") : null;
        return Upstream(message, layer) is { } upstream
            ? upstream with { Code = upstream.Code ?? code, Status = status ?? StatusOf(code) ?? upstream.Status }
            : new ErrorBody(name ?? code ?? Text(json, "error_type") ?? Text(json, "innererror", "code"), message, status ?? StatusOf(code))
            {
                Type = type,
                Parameter = Text(json, "param"),
                RetryDelay = Delay(json),
            };
    }

    /// <summary>Reads the error of the service inside the words of a gateway, <c>litellm.BadRequestError: XaiException - {…}</c>; null when there is none.</summary>
    private static ErrorBody? Upstream(string? words, int layer)
    {
        if (layer >= MostLayers || words?.StartsWith("litellm.", StringComparison.Ordinal) != true || words.IndexOf(" - {", StringComparison.Ordinal) is not (> 0 and var start))
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(words[(start + 3)..]));
            using var document = JsonDocument.ParseValue(ref reader);
            return Parse(document.RootElement, layer + 1) is { Message: not null } inner ? inner : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads <c>details[].retryDelay</c>, such as <c>"1.5s"</c>.</summary>
    private static TimeSpan? Delay(JsonElement json)
    {
        var details = json.TryGetProperty("details", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        foreach (var detail in details)
        {
            if (detail.ValueKind == JsonValueKind.Object && Text(detail, "retryDelay") is [.. var number, 's']
                && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1_000_000_000)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return null;
    }

    /// <summary>Reads a member of a member as text.</summary>
    private static string? Text(JsonElement json, string name, string member) =>
        json.TryGetProperty(name, out var inner) && inner.ValueKind == JsonValueKind.Object ? Text(inner, member) : null;

    private static int? StatusOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number && status.TryGetInt32(out var number) ? number : null;

    /// <summary>Reads a code that is an error status; null for other codes.</summary>
    private static int? StatusOf(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and <= 599 ? number : null;

    /// <summary>Joins the messages of a list, each after the member it refers to. The input that the list also repeats is omitted.</summary>
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

    /// <summary>Reads a member as text; codes may be numbers.</summary>
    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
