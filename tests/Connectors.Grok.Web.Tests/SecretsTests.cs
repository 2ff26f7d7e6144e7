using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests;

/// <summary>
/// Checks logs and exception messages for the key and for message content during many failures. The other tests of the sample also search the
/// log of their host; this test also inspects every exception that is thrown in this process, and therefore runs alone: another test makes the service's message name the prompt.
/// </summary>
[CollectionDefinition(nameof(SecretsTests), DisableParallelization = true)]
[Collection(nameof(SecretsTests))]
public class SecretsTests
{
    [Fact]
    public async Task Logs_and_exceptions_contain_neither_key_nor_prompt()
    {
        var thrown = new ConcurrentQueue<string>();
        AppDomain.CurrentDomain.FirstChanceException += Keep;
        try
        {
            await using var host = await WebHost.StartAsync("Web:MaxText=2000", "Web:MaxRunBytes=30000");
            await ProvokeAllFailuresAsync(host);
            var log = host.Log.Lines;
            Assert.Contains(log, static line => line.StartsWith("Trace", StringComparison.Ordinal));
            Assert.Contains(log, static line => line.Contains("An answer failed", StringComparison.Ordinal));
            Assert.Contains(log, static line => line.Contains("Reason=UnknownResponse", StringComparison.Ordinal));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Keep;
        }

        Assert.NotEmpty(thrown);
        Marked.ShouldBeNowhereIn(thrown);

        void Keep(object? sender, FirstChanceExceptionEventArgs e)
        {
            // Assertion failures can contain any text.
            if (e.Exception is not Xunit.Sdk.IAssertionException && e.Exception is not EmulatorAssertionException)
            {
                thrown.Enqueue($"{e.Exception.GetType()}: {e.Exception.Message} {e.Exception.InnerException?.Message}");
            }
        }
    }

    private static async Task ProvokeAllFailuresAsync(WebHost host)
    {
        using var visit = host.NewVisit();
        var (id, _) = await visit.AskAsync($"My code is {Marked.Prompt}", null, """,  "search":true""");
        Assert.Contains(Marked.Prompt, (await visit.AskAsync("What's my code?", id)).Text, StringComparison.Ordinal);
        using (await visit.PostAsync($"/api/conversations/{id}/expire", ""))
        {
            await visit.AskAsync($"And now? {Marked.Prompt}", id);
        }

        foreach (var fault in new[]
        {
            Fault.RateLimited(TimeSpan.FromSeconds(1)), Fault.QuotaExceeded(), Fault.AccessDenied(), Fault.ContentPolicy(), Fault.ServerError(), Fault.Html(), Fault.ErrorFirst(),
            Fault.CutAfter(8), Fault.EndAfter(8), Fault.UntypedError(8), Fault.NestedError(8), Fault.Failed(), Fault.ErrorObject(), Fault.Gzip(), Fault.WrongContentType(),
        })
        {
            host.Emulator.Faults.Enqueue(fault);
            using var response = await visit.PostAsync($"/api/conversations/{id}/messages", $$"""{"text":"Write 30 words about {{Marked.Prompt}}"}""");
            if (response.IsSuccessStatusCode)
            {
                var (_, run) = await Visit.StartedAsync(response);
                await visit.EventsAsync(run).ToListAsync();
            }
        }

        foreach (var body in new[]
        {
            $$"""{"text":"{{Marked.Prompt}}""", $$"""{"text":{"{{Marked.Prompt}}":1} }""", $$"""["{{Marked.Prompt}}"]""", $$"""{"text":"{{Marked.Prompt}} {{new string('x', 3000)}}"}""",
            $$"""{"images":[{"data":"{{Marked.Prompt}}"}]}""", $$"""{"images":[{"data":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(Marked.Prompt))}}"}]}""",
            $$"""{"text":"{{Marked.Prompt}}","images":[{"data":"{{Some.Png(2, 2)}}"}]}""",
        })
        {
            using var response = await visit.PostAsync($"/api/conversations/{id}/messages", body);
            Assert.False(response.IsSuccessStatusCode);
        }

        host.Emulator.Script.Reply(static r => r.Deltas([.. Enumerable.Repeat(Marked.Prompt, 3000)]));
        var (_, longRun) = await visit.SendAsync(Marked.Prompt, id);
        await visit.EventsAsync(longRun).ToListAsync();
        using (await visit.Http.DeleteAsync($"/api/conversations/{id}"))
        using (await visit.Http.GetAsync($"/api/conversations/{id}"))
        {
        }
    }
}
