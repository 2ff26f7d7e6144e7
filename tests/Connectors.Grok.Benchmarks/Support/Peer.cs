using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>Creates the Responses client of the OpenAI package and its requests, with which the benchmarks compare this library.</summary>
internal static class Peer
{
    public static ResponsesClient NewClient(HttpClient client) => new(
        new ApiKeyCredential("xai-test"),
        new ResponsesClientOptions { Endpoint = MemoryTransport.Endpoint, Transport = new HttpClientPipelineTransport(client), RetryPolicy = new ClientRetryPolicy(0) });

    public static CreateResponseOptions Question(bool isStreamed = false) =>
        new(GrokChatClientOptions.DefaultModel, [ResponseItem.CreateUserMessageItem("q")]) { StreamingEnabled = isStreamed ? true : null };
}
