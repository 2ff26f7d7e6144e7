using Connectors.Grok.Benchmarks.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>What a client holds that has made a call and waits for the next one: an application may have one for each of its users. They share the HttpClient.</summary>
internal sealed class IdleClients(int clients = IdleClients.Clients) : IMeasurement
{
    private const int Clients = 1000;

    // In kB: a third are the settings, a quarter the hashes of the last answers, the rest addresses, metadata and the parts of the client. The adapter has none of them.
    private const double MostHeld = 3.5;

    private readonly MemoryTransport _transport = MemoryTransport.Events(Payloads.Stream(1, 0));

    public string Work => $"{clients:N0} idle clients that share an HttpClient";

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        var held = new Dictionary<Side, double>
        {
            [Side.Grok] = await HeldAsync(client => new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = MemoryTransport.Endpoint }, client)) / 1000,
            [Side.Adapter] = await HeldAsync(static client => Peer.NewAdapter(client)) / 1000,
        };
        return [new(Work, "held per client", "kB", held, Budget.Of(MostHeld)) { IsAllocation = true }];
    }

    /// <summary>The bytes that one client holds.</summary>
    private async Task<double> HeldAsync(Func<HttpClient, IChatClient> create)
    {
        using var http = _transport.NewClient();
        // What all clients share is there before.
        using var first = await UsedAsync(create(http));
        var all = new IChatClient[clients];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = await UsedAsync(create(http));
        }

        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        foreach (var client in all)
        {
            client.Dispose();
        }

        return held / (double)all.Length;
    }

    private static async Task<IChatClient> UsedAsync(IChatClient client)
    {
        await foreach (var _ in client.GetStreamingResponseAsync("q"))
        {
            // Only what is left of the call counts.
        }

        return client;
    }
}
