using System.Net.Http.Headers;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>The memory of an emulator under hostile clients. No other test runs at the same time.</summary>
[Collection("Load")]
public sealed class MemoryTests
{
    private const int Bodies = 6;
    private const int BodyBytes = 40 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_is_bounded_under_long_bodies_without_a_key()
    {
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ApiKey = "right" }, Token);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        using var stop = new CancellationTokenSource();
        var watch = Task.Run(() => { while (!stop.IsCancellationRequested) { peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)); Thread.Yield(); } }, Token);
        await Task.WhenAll(Enumerable.Range(0, Bodies).Select(number => FloodAsync(emulator.BaseAddress, number % 2 == 0 ? "/v1/responses" : "/v1/nothing")));
        await stop.CancelAsync();
        await watch;
        Assert.InRange(peak - before, long.MinValue, BodyBytes);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, BodyBytes / 4);
        Assert.Equal(0, emulator.StoredResponses);
    }

    // The connection can be closed while the body is being sent.
    private static async Task FloodAsync(Uri address, string path)
    {
        using var http = new HttpClient();
        using var body = new CountedBody(BodyBytes, hasLength: true);
        using var content = new StreamContent(body.Stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await http.PostAsync(new Uri(address, path), content, Token);
            Assert.True((int)response.StatusCode is >= 400 and < 500);
        }
        catch (HttpRequestException)
        {
        }
    }
}
