using System.Text.Json;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>A parameter that the service refused by name, and the request without it.</summary>
internal static class RefusedParameter
{
    private const string Words = "Argument not supported: ";

    /// <summary>The name of a top-level member of the request that a refusal names; null when it names none, or one that the request makes no sense without.</summary>
    public static string? In(GrokException refusal, ReadOnlyMemory<byte> body)
    {
        var at = refusal.Kind == GrokErrorKind.InvalidRequest && refusal.ServiceMessage is { } text ? text.IndexOf(Words, StringComparison.OrdinalIgnoreCase) : -1;
        if (at < 0)
        {
            return null;
        }

        var name = refusal.ServiceMessage![(at + Words.Length)..].Trim(' ', '.', '`', '\'', '"');
        // The service speaks of presencePenalty where presence_penalty was sent.
        name = string.Concat(name.Select(static (c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
        if (name is "model" or "input" or "stream" or "store" or "previous_response_id" or "tools")
        {
            return null;
        }

        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty(name, out _) ? name : null;
    }

    public static RequestBody Without(string name, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return RequestBody.Of(
            writer =>
            {
                writer.WriteStartObject();
                foreach (var member in json.RootElement.EnumerateObject().Where(m => !m.NameEquals(name)))
                {
                    member.WriteTo(writer);
                }

                writer.WriteEndObject();
            },
            WireJson.Context.Options.Encoder);
    }
}
