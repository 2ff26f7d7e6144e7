using System.Net;
using System.Net.Sockets;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Load;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Web.Memory;

namespace Connectors.Grok.Web.Tests;

/// <summary>What visitors make a node hold is bounded and freed.</summary>
public class MemoryTests(ITestOutputHelper output)
{
    /// <summary>Many messages: without freeing, more than the limit. Large images: a few of those that the service and the page copy, or that a pool keeps, are more than the limit.</summary>
    [Theory]
    [InlineData(40, 512 << 10, 256)]
    [InlineData(12, (4 << 20) - 64, 512)]
    public async Task Memory_is_enough_for_image_messages_that_are_accepted_and_refused(int messages, int imageBytes, long heapLimit)
    {
        var result = await new ImagesRun(messages, Images: 4, imageBytes, heapLimit << 20).RunAsync(output.WriteLine);
        output.WriteLine(result.Summary);
        Assert.Equal((0, true), (result.Failures, result.IsFlat));
    }

    [Fact]
    public async Task Refused_and_stopped_and_complete_messages_hold_nothing()
    {
        await using var host = await WebHost.StartAsync();
        using var visit = host.NewVisit();
        var held = host.Services.GetRequiredService<HeldBytes>();
        using (var refused = await visit.PostAsync("/api/conversations", $$"""{"images":[{"data":"{{Some.Png(2, 2, 100_000)}}"}]}"""))
        {
            await refused.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "invalid");
        }

        var gate = new ReplyGate();
        host.Emulator.Script.Reply(r => r.Text("So").Hold(gate));
        var (_, run) = await visit.SendAsync("Look.", null, $$""","images":[{"data":"{{Some.Png(20, 10, 100_000)}}"}]""");
        await gate.Reached;
        Assert.InRange(held.Sum, 100_000 * HeldBytes.PerAttachmentByte, 200_000 * HeldBytes.PerAttachmentByte);
        using (await visit.PostAsync($"/api/runs/{run}/stop", ""))
        {
            await visit.EventsAsync(run).ToListAsync();
        }

        await visit.AskAsync(Marked.Prompt);
        // The last request releases its body after its answer.
        await UntilAsync(() => held.Sum == 0);

        using var image = await visit.Http.GetAsync($"/api/runs/{run}/images/0/0");
        await image.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Bytes_of_one_visitor_and_of_all_visitors_are_limited()
    {
        await using var host = await WebHost.StartAsync("Web:MaxHeldBytesPerVisitor=1500000", "Web:MaxHeldBytes=1800000");
        using var visit = host.NewVisit();
        var gates = Enumerable.Range(0, 2).Select(static _ => new ReplyGate()).ToList();
        gates.ForEach(gate => host.Emulator.Script.Reply(r => r.Text("So").Hold(gate).Text(".")));
        var message = $$"""{"images":[{"data":"{{Some.Png(20, 10, 100_000)}}"}]}""";
        using (var first = await visit.PostAsync("/api/conversations", message))
        {
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        }

        using (var second = await visit.PostAsync("/api/conversations", message))
        {
            await second.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too-much");
            Assert.NotNull(second.Headers.RetryAfter);
        }

        using var other = host.NewVisit();
        using (var third = await other.PostAsync("/api/conversations", message))
        {
            await third.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "full");
        }

        // A small message still has room.
        await other.SendAsync("Hello.");
        gates.ForEach(static gate => gate.Release());
    }

    [Fact]
    public async Task Attachments_of_a_conversation_are_limited()
    {
        await using var host = await WebHost.StartAsync("Web:MaxConversationBytes=250000");
        using var visit = host.NewVisit();
        var image = $$""","images":[{"data":"{{Some.Png(20, 10, 100_000)}}"}]""";
        var (id, _) = await visit.AskAsync("One.", null, image);
        await visit.AskAsync("Two.", id, image);
        using (var third = await visit.PostAsync($"/api/conversations/{id}/messages", $$"""{"text":"Three."{{image}}}"""))
        {
            await third.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "attachments-full");
        }

        await visit.AskAsync("Text is still possible.", id);
    }

    [Fact]
    public async Task Bodies_that_do_not_arrive_are_counted_and_end()
    {
        await using var host = await WebHost.StartAsync("Web:BodyTime=00:00:00.700", "Web:MaxHeldBytes=3000000", "Web:MaxHeldBytesPerVisitor=3000000");
        using var visit = host.NewVisit();
        await visit.GetAsync("/api/conversations");
        var address = new Uri(host.Address);
        using var slow = new TcpClient();
        await slow.ConnectAsync(address.Host, address.Port);
        var cookie = visit.Cookies.GetCookieHeader(address);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/conversations HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{\"text\":\"So"));
        var held = host.Services.GetRequiredService<HeldBytes>();
        await UntilAsync(() => held.Sum > 0);

        using (var second = await visit.PostAsync("/api/conversations", $$"""{"images":[{"data":"{{Some.Png(20, 10, 600_000)}}"}]}"""))
        {
            await second.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too-much");
        }

        using var reader = new StreamReader(slow.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(), StringComparison.Ordinal);
        await UntilAsync(() => held.Sum == 0);
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isTrue())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, guard.Token);
        }
    }
}
