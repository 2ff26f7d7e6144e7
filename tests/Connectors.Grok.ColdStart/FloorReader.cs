using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Connectors.Grok.ColdStart;

/// <summary>The floor: HttpClient, the platform's parser of event streams, and a JSON reader that selects the text.</summary>
internal static class FloorReader
{
    /// <summary>Reads the text of an answer.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(Uri endpoint)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.AbsoluteUri + "/responses")
        {
            Content = new ByteArrayContent("""{"model":"grok-4.7","input":[{"type":"message","role":"user","content":"q"}],"stream":true}"""u8.ToArray()),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "xai-test");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream, static (_, data) => Text(data)).EnumerateAsync())
        {
            if (item.Data is { Length: > 0 } text)
            {
                yield return text;
            }
        }
    }

    /// <summary>Reads the delta of an event of the text; null for any other event.</summary>
    private static string? Text(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (!reader.ValueTextEquals("response.output_text.delta"u8))
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                return reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return null;
    }
}
