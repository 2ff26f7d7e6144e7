using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Emulator;

/// <summary>A request the emulator received, for assertions.</summary>
public sealed record RecordedRequest
{
    private readonly TaskCompletionSource<RequestOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<JsonElement?> _json;

    internal RecordedRequest(string method, string path, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        Method = method;
        Path = path;
        Headers = headers;
        Body = Encoding.UTF8.GetString(body);
        Bytes = body.Length;
        _json = new Lazy<JsonElement?>(() => Parse(Body));
    }

    /// <summary>The HTTP method, in capitals.</summary>
    public string Method { get; }

    /// <summary>The path with its query, as in <c>/v1/responses</c>.</summary>
    public string Path { get; }

    /// <summary>The headers, by name in any case; the value of <c>Authorization</c> keeps its scheme only.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The body as received; empty when there was none.</summary>
    public string Body { get; }

    /// <summary>The length of the body, in bytes.</summary>
    public int Bytes { get; }

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonElement? Json => _json.Value;

    /// <summary>The <c>previous_response_id</c> of the body; null when there is none.</summary>
    public string? PreviousResponseId =>
        Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("previous_response_id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    /// <summary>Completes when the emulator has finished with the request, and says how.</summary>
    public Task<RequestOutcome> Outcome => _outcome.Task;

    internal void End(RequestOutcome outcome) => _outcome.TrySetResult(outcome);

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
