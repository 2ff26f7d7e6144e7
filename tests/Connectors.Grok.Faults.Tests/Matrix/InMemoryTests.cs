using System.Text.RegularExpressions;
using Connectors.Grok.Emulator;
using Connectors.Grok.Emulator.Faults;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>Failures and retries over the in-memory handler of the emulator, compared with those over a port.</summary>
public sealed partial class InMemoryTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(1);

    public static TheoryData<string, int, bool> Faults
    {
        get
        {
            var rows = new TheoryData<string, int, bool>();
            // The handler of a client that owns its HttpClient decompresses; the one of the emulator, like a plain HttpClient, does not.
            foreach (var name in FaultCatalog.Names.Select(static known => known.Name).Where(static name => name != "gzip"))
            {
                rows.Add(name, 1, true);
                if (!EndsByTimeout(name))
                {
                    rows.Add(name, 9, false);
                }
            }

            rows.Add("cut; after=0", 1, true);
            rows.Add("cut; after=0", 1, false);
            rows.Add("end; after=0", 1, true);
            rows.Add("rate-limited; retry-after=1", 1, false);
            rows.Add("rate-limited; retry-after=99", 1, true);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_ends_in_memory_as_over_a_port(string fault, int times, bool isStreamed)
    {
        await using var listening = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var inMemory = new GrokEmulator();
        using var overPort = new GrokChatClient(Options(listening, fault, times));
        using var http = new HttpClient(inMemory.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        using var overHandler = new GrokChatClient(Options(inMemory, fault, times), http);
        Assert.Equal(await OutcomeAsync(overPort, listening, isStreamed), await OutcomeAsync(overHandler, inMemory, isStreamed));
    }

    private static bool EndsByTimeout(string fault) => fault is "stall" or "pings";

    private static GrokChatClientOptions Options(GrokEmulator emulator, string fault, int times) => new()
    {
        Endpoint = emulator.BaseAddress,
        Headers = { ["x-emulator-fault"] = $"{fault}; times={times}; id={fault}" },
        AlwaysStream = false,
        MaxRetries = 2,
        RetryServerErrors = true,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RecoveryTimeout = TimeSpan.Zero,
        StreamIdleTimeout = EndsByTimeout(fault) ? TimeSpan.FromMilliseconds(300) : Guard,
    };

    /// <summary>What the caller gets, and the statuses of the requests that the emulator received.</summary>
    private static async Task<string> OutcomeAsync(GrokChatClient client, GrokEmulator emulator, bool isStreamed)
    {
        var text = "";
        string end;
        try
        {
            if (isStreamed)
            {
                await foreach (var update in client.GetStreamingResponseAsync("What is 101*3?").ConfigureAwait(false))
                {
                    text += update.Text;
                }
            }
            else
            {
                text = (await client.GetResponseAsync("What is 101*3?").WaitAsync(Guard)).Text;
            }

            end = "completed";
        }
        catch (GrokException e)
        {
            var message = e.Message.Replace(emulator.BaseAddress.Authority, "HOST", StringComparison.Ordinal);
            end = $"{e.Kind} {e.Status} {e.Code} {e.RetryAfter} {e.IsTransient} {Id().Replace(message, "ID")} ({e.InnerException?.GetType().Name})";
        }

        return $"'{text}' {end} [{string.Join(", ", emulator.Requests.Select(static r => r.Status))}]";
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
