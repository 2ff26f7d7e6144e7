using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Hosts;

/// <summary>Tokens that expire, at each host that takes them, and the key of the environment, which is for xAI alone.</summary>
[Collection(nameof(AloneInProcess))]
public sealed class HostCredentialTests : HostTest
{
    private static readonly Dictionary<string, HostSetup> Setups = HostSetup.Usual.ToDictionary(static s => s.Name, StringComparer.Ordinal);

    private int _token = 1;
    private int _renewals;

    public static TheoryData<string, bool> Hosts => [.. Setups.Keys.SelectMany(static name => new[] { (name, false), (name, true) })];

    public static TheoryData<string> Foreign => [.. Setups.Keys.Where(static name => name != "xAI")];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Token_that_expires_between_two_turns_is_renewed_once(string host, bool isStreamed)
    {
        var setup = Setups[host];
        var client = Conversations(setup, UseTokens);
        await AskAsync(client, isStreamed, "My name is Alice.");
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal([(1, 200), (1, 401), (2, 200)], Attempts());
        Assert.Equal(1, _renewals);
        Assert.Equal(setup.IsStateful, Emulator.Requests[^1].PreviousResponseId is not null);
        Assert.Equal(Emulator.Requests[1].Body, Emulator.Requests[2].Body);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Token_that_expires_in_the_middle_of_a_function_loop_is_renewed_once(string host, bool isStreamed)
    {
        var setup = Setups[host];
        var calls = 0;
        var weather = AIFunctionFactory.Create(
            (string city) =>
            {
                calls++;
                Emulator.ExpireTokens();
                return $"18 degrees in {city}";
            },
            "get_weather",
            "The weather in a city.");
        using var client = Conversations(setup, UseTokens).AsBuilder().UseFunctionInvocation().Build();
        var answer = await AskAsync(client, isStreamed, "What is the weather in Oslo?", options: new ChatOptions { Tools = [weather] });
        Assert.Contains("18", answer.Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (calls, _renewals));
        Assert.Equal([(1, 200), (1, 401), (2, 200)], Attempts());
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Hundred_parallel_calls_share_one_renewal(string host, bool isStreamed)
    {
        var setup = Setups[host];
        using var client = Connect(setup, UseTokens);
        await AskAsync(client, isStreamed, "Hello.", id: null);
        Emulator.ExpireTokens();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => AskAsync(client, isStreamed, $"What is {number} + 1?", id: null)));
        Assert.Equal(Enumerable.Range(0, 100).Select(static number => $"{number} + 1 equals {number + 1}."), answers.Select(static a => a.Text));
        Assert.Equal(1, _renewals);
        Assert.Equal(101, Emulator.Requests.Count(static r => r.Status == 200));
        Assert.All(Emulator.Requests.Skip(1).Where(static r => r.Status == 200), static r => r.ShouldHaveCredential("token-number-2"));
        Assert.InRange(Emulator.Requests.Count(static r => r.Status == 401), 1, 100);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Token_that_stays_rejected_is_an_error_of_authentication_without_the_token(string host, bool isStreamed)
    {
        using var client = Connect(Setups[host], o => (o.ApiKey, o.Credential) = (null, _ => new("token-number-1")));
        await AskAsync(client, isStreamed, "Hello.", id: null);
        Emulator.ExpireTokens();
        var e = await Assert.ThrowsAsync<GrokException>(() => AskAsync(client, isStreamed, "Hello.", id: null));
        Assert.Equal((GrokErrorKind.Authentication, 401), (e.Kind, e.Status));
        Assert.DoesNotContain("token-number", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Key_of_the_environment_never_reaches_a_host_other_than_xAI(string host)
    {
        const string Secret = "xai-key-of-the-environment";
        var setup = Setups[host];
        var before = Environment.GetEnvironmentVariable("XAI_API_KEY");
        Environment.SetEnvironmentVariable("XAI_API_KEY", Secret);
        try
        {
            var e = Assert.Throws<ArgumentException>(() => Connect(setup, static o => o.ApiKey = null));
            Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
            foreach (var configure in (Action<GrokChatClientOptions>[])[UseTokens, static _ => { }, static o => (o.ApiKey, o.HandlerAuthenticates) = (null, true)])
            {
                var client = Conversations(setup, configure);
                var id = Guid.NewGuid().ToString();
                _ = await Record.ExceptionAsync(() => AskAsync(client, isStreamed: false, "Hello.", id));
                _ = await Record.ExceptionAsync(() => AskAsync(client, isStreamed: true, "Hello.", id));
                _ = await Record.ExceptionAsync(() => client.GetService<GrokResponsesClient>()!.ListModelsAsync(Now));
                _ = await Record.ExceptionAsync(() => client.Conversations.DeleteAsync(id, Now));
                Assert.InRange(Emulator.Requests.Count, 3, 10);
                Assert.All(Emulator.Requests, static r => r.ShouldNotReveal(Secret));
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", before);
        }
    }

    /// <summary>Lets the client ask for numbered tokens. A renewal gives the next one.</summary>
    private void UseTokens(GrokChatClientOptions options)
    {
        options.ApiKey = null;
        options.Credential = _ => new($"token-number-{Volatile.Read(ref _token)}");
        options.RenewCredential = async cancellationToken =>
        {
            // The calls that were rejected at the same time all wait here.
            await Task.Yield();
            Interlocked.Increment(ref _renewals);
            return $"token-number-{Interlocked.Increment(ref _token)}";
        };
    }

    /// <summary>Returns the number of the token and the status of each request.</summary>
    private IEnumerable<(int Token, int? Status)> Attempts() =>
        Emulator.Requests.Select(static r => (Enumerable.Range(1, 9).Single(number => r.HasCredential($"token-number-{number}")), r.Status));
}
