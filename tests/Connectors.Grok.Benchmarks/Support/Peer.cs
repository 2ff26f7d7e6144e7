using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>Creates what the benchmarks compare this library with: the Responses client of the OpenAI package, its requests, and the adapter over it.</summary>
internal static class Peer
{
    public static ResponsesClient NewClient(HttpClient client, Uri? endpoint = null) => new(
        new ApiKeyCredential("xai-test"),
        new ResponsesClientOptions { Endpoint = endpoint ?? MemoryTransport.Endpoint, Transport = new HttpClientPipelineTransport(client), RetryPolicy = new ClientRetryPolicy(0) });

    public static IChatClient NewAdapter(HttpClient client, Uri? endpoint = null) => NewClient(client, endpoint).AsIChatClient(GrokChatClientOptions.DefaultModel);

    public static CreateResponseOptions Question(bool isStreamed = false) =>
        new(GrokChatClientOptions.DefaultModel, [ResponseItem.CreateUserMessageItem("q")]) { StreamingEnabled = isStreamed ? true : null };
}
