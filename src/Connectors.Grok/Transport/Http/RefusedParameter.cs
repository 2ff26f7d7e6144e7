using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Finds the parameter that the service rejected by name, and writes the request without it.</summary>
internal static partial class RefusedParameter
{
    /// <summary>Finds the top-level member of the request that an error names; null when it names none, or one that the request requires.</summary>
    public static string? Find(GrokException refusal, ReadOnlySequence<byte> body)
    {
        if (refusal.Kind != GrokErrorKind.InvalidRequest || refusal.ServiceMessage is not { } words || body.IsEmpty)
        {
            return null;
        }

        var match = Phrases().Match(words);
        var name = match.Success ? match.Groups["name"].Value
            : refusal.Parameter is { } parameter && (Unsupported().IsMatch(words) || refusal.Code?.Contains("unsupported_parameter", StringComparison.OrdinalIgnoreCase) == true) ? parameter
            : "";
        // The service may name presence_penalty as presencePenalty.
        name = string.Concat(name.Select(static (c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
        if (name is "" or "model" or "input" or "stream" or "store" or "previous_response_id" or "tools")
        {
            return null;
        }

        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty(name, out _) ? name : null;
    }

    public static RequestBody Without(string name, ReadOnlySequence<byte> body)
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

    // xAI's words, those of the hosts that offer its models, and OpenAI's.
    [GeneratedRegex(
        @"Argument not supported: ['""`]?(?<name>\w+)|(Unsupported|Unknown) parameter:? ['""`]?(?<name>\w+)|(does not|doesn't) support (the )?(parameter )?['""`]?(?<name>\w+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Phrases();

    [GeneratedRegex("not supported|unsupported|not permitted|not allowed|unknown|unrecognized", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unsupported();
}
