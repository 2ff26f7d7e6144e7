using Microsoft.Extensions.AI;

namespace Connectors.Grok.ColdStart;

/// <summary>This library, as a program uses it.</summary>
internal static class GrokReader
{
    /// <summary>Reads the text of an answer.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(Uri endpoint)
    {
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = endpoint, ApiKey = "xai-test" });
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            if (update.Text is { Length: > 0 } text)
            {
                yield return text;
            }
        }
    }
}
