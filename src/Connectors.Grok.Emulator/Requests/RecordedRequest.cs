using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Requests;

namespace Connectors.Grok.Emulator;

/// <summary>A request that the emulator received, for assertions.</summary>
public sealed record RecordedRequest
{
    private const int MaxMultipartBytes = 64 * 1024;
    private const int FixedFootprint = 2_000;

    private readonly TaskCompletionSource<RequestOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<JsonElement?> _json;
    private readonly IReadOnlyList<string> _headerValues;

    internal RecordedRequest(string method, string path, IReadOnlyDictionary<string, string> headers, IReadOnlyList<string> headerValues, byte[] body)
    {
        _headerValues = headerValues;
        Method = method;
        Path = path;
        Headers = headers;
        Body = Encoding.UTF8.GetString(IsMultipart ? body.AsSpan(0, Math.Min(body.Length, MaxMultipartBytes)) : body);
        Bytes = body.Length;
        Footprint = FixedFootprint + (4L * Body.Length) + headerValues.Sum(value => 4L * value.Length) + (2L * path.Length);
        _json = new Lazy<JsonElement?>(() => Parse(Body));
    }

    /// <summary>The HTTP method, in upper case.</summary>
    public string Method { get; }

    /// <summary>The path and the query, such as <c>/v1/responses</c>.</summary>
    public string Path { get; }

    /// <summary>The headers; names are case-insensitive. The credentials of <c>Authorization</c>, <c>api-key</c> and headers with such names are redacted; <see cref="HasCredential"/> compares them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The body as received; empty when there was none. Of an upload only the first 64 KiB are kept.</summary>
    public string Body { get; }

    /// <summary>The length of the body, in bytes.</summary>
    public int Bytes { get; }

    /// <summary>The body as JSON; null when it is not valid JSON.</summary>
    public JsonElement? Json => _json.Value;

    /// <summary>The <c>previous_response_id</c> of the body; null when there is none.</summary>
    public string? PreviousResponseId => Text("previous_response_id");

    /// <summary>The <c>model</c> of the body; null when there is none.</summary>
    public string? Model => Text("model");

    /// <summary>Whether the request asks for a stream.</summary>
    public bool IsStreamed => Member("stream") is { ValueKind: JsonValueKind.True };

    /// <summary>The id of the response that was completed for this request, which the service would bill; null when none was, or not yet.</summary>
    public string? CompletedResponseId { get; internal set; }

    /// <summary>The items of <c>input</c>; empty when it is a string or missing.</summary>
    public IReadOnlyList<JsonElement> Items => Member("input") is { ValueKind: JsonValueKind.Array } input ? [.. input.EnumerateArray()] : [];

    /// <summary>The text of the last user message in the request; null when there is none.</summary>
    public string? LastUserText => Member("input") is { ValueKind: JsonValueKind.String } input
        ? input.GetString()
        : Items.Where(item => TextOf(item, "role") == "user").Select(item => ContentOf(item)).LastOrDefault();

    /// <summary>The texts of the files that the request attaches, in order; empty for a file without readable text. Set once the emulator has accepted the arguments, before conditions of the script are evaluated.</summary>
    public IReadOnlyList<string> FileTexts { get; internal set; } = [];

    /// <summary>The HTTP status of the response; null until the response has started.</summary>
    public int? Status { get; internal set; }

    /// <summary>A task that completes when the emulator has finished the request, with the way it ended.</summary>
    public Task<RequestOutcome> Outcome => _outcome.Task;

    /// <summary>The number of the request, from 1.</summary>
    internal long Number { get; init; }

    /// <summary>The time at which its body was read.</summary>
    internal DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The response that was completed for it; null for none, or not yet.</summary>
    internal CompletedTurn? Completed { get; set; }

    /// <summary>The error that it got, or the fault; null for none.</summary>
    internal string? Problem { get; set; }

    /// <summary>An estimate of the memory that this request occupies: its body as text and as parsed JSON, and its headers with their redacted copies.</summary>
    internal long Footprint { get; }

    private bool IsMultipart => Headers.GetValueOrDefault("Content-Type")?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Returns whether a header consists of a credential, with or without a scheme such as <c>Bearer</c>.</summary>
    /// <param name="credential">The key or the token.</param>
    /// <returns>Whether the request was sent with it.</returns>
    public bool HasCredential(string credential)
    {
        ArgumentException.ThrowIfNullOrEmpty(credential);
        return _headerValues.Any(value => value == credential || (value.EndsWith($" {credential}", StringComparison.Ordinal) && value.Count(character => character == ' ') == 1));
    }

    /// <summary>Returns whether a text occurs in any header, in the path or in the body.</summary>
    internal bool Reveals(string text) =>
        _headerValues.Append(Path).Append(Body).Any(value => value.Contains(text, StringComparison.Ordinal));

    internal JsonElement? Member(string name) =>
        Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value) ? value : null;

    internal static string ContentOf(JsonElement item)
    {
        if (!item.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind == JsonValueKind.Array
            ? string.Join('\n', content.EnumerateArray().Select(part => TextOf(part, "text")).OfType<string>())
            : TextOf(item, "content") ?? "";
    }

    internal static string? TextOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private string? Text(string name) => Json is { } json ? TextOf(json, name) : null;

    internal void Complete(RequestOutcome outcome) => _outcome.TrySetResult(outcome);

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
