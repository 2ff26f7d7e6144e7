using System.Text.Json;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Finds the parameter that the service rejected by name, and writes the request without it.</summary>
internal static class RefusedParameter
{
    private const string Words = "Argument not supported: ";

    /// <summary>Finds the top-level member of the request that an error names; null when it names none, or one that the request requires.</summary>
    public static string? Find(GrokException refusal, ReadOnlyMemory<byte> body)
    {
        var start = refusal.Kind == GrokErrorKind.InvalidRequest && refusal.ServiceMessage is { } text ? text.IndexOf(Words, StringComparison.OrdinalIgnoreCase) : -1;
        if (start < 0 || body.IsEmpty)
        {
            return null;
        }

        var name = refusal.ServiceMessage![(start + Words.Length)..].Trim(' ', '.', '`', '\'', '"');
        // The service may name presence_penalty as presencePenalty.
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
        return RequestBody.Create(
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
