using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Bodies with a successful status that are not what their content type says: an error as JSON or as plain words, or a whole response instead of events.</summary>
internal static class BareBody
{
    /// <summary>The longest body that is taken for the words of an error, in bytes.</summary>
    private const int MostWords = 2000;

    /// <summary>Reads what a body of an event stream holds outside of events.</summary>
    /// <param name="body">The lines that are no lines of an event stream.</param>
    /// <param name="hasEvents">Whether there were events as well. Then only a JSON error counts.</param>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="settings">The client's settings.</param>
    /// <param name="stored">The stored response that the request names; null for none.</param>
    /// <returns>The response; null when there is none and the stream was just cut off.</returns>
    /// <exception cref="GrokException">The body is an error of the service, or no answer of the API.</exception>
    public static GrokResponse? Read(ReadOnlySpan<byte> body, bool hasEvents, ResponseHeaders headers, GrokSettings settings, StoredReference? stored)
    {
        if (body.TrimStart(" \t\n"u8) is [(byte)'{', ..])
        {
            return ReadJson(body, hasEvents, headers, settings, stored);
        }

        return hasEvents || body.IsEmpty ? null
            : Words(body) is { } words ? throw ErrorReader.FromWords(words, headers, settings)
            : throw new GrokException(
                GrokErrorKind.Server, $"The answer is no event stream. Does {settings.Endpoint.GetLeftPart(UriPartial.Authority)} really speak xAI's API?")
            { RequestId = headers.RequestId, IsTransient = false };
    }

    /// <summary>
    /// Gets a body as the plain words of an error; null when it is anything else: JSON, a page, bytes that are no text, or an answer under a wrong content type,
    /// which must not get into an exception.
    /// </summary>
    public static string? Words(ReadOnlySpan<byte> body)
    {
        if (body.Length > MostWords || !Utf8.IsValid(body) || body.ContainsAnyInRange((byte)0, (byte)8) || body.IndexOf("{\""u8) >= 0 || body.IndexOf("data:"u8) >= 0)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(body).Trim();
        return text is "" or ['<' or '{' or '[', ..] ? null : text;
    }

    private static GrokResponse? ReadJson(ReadOnlySpan<byte> body, bool hasEvents, ResponseHeaders headers, GrokSettings settings, StoredReference? stored)
    {
        try
        {
            var response = JsonSerializer.Deserialize(Utf8Repair.Repair(body), WireJson.Context.GrokResponse)!;
            return hasEvents
                ? ErrorBody.FromResponse(response) is { } error ? throw ErrorReader.FromAnswer(error, headers, settings, stored: stored) : null
                : AnswerReader.Finished(response, headers, settings, stored);
        }
        catch (JsonException)
        {
            // Cut off, or text that looks like JSON.
            return null;
        }
    }
}
