using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.ColdStart;

/// <summary>The adapter over the Responses client of the OpenAI package, as a program uses it.</summary>
internal static class AdapterReader
{
    /// <summary>Reads the text of an answer.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(Uri endpoint)
    {
        using var client = new ResponsesClient(new ApiKeyCredential("xai-test"), new ResponsesClientOptions { Endpoint = endpoint }).AsIChatClient("grok-4.7");
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            if (update.Text is { Length: > 0 } text)
            {
                yield return text;
            }
        }
    }
}
