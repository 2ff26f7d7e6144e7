using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Hosts;

/// <summary>What a program does with conversations, at each host, streamed and not. A setup passes, or fails as docs/where-grok-runs.md says.</summary>
public sealed class HostConversationTests : HostTest
{
    public static TheoryData<string, bool> Hosts => [.. HostSetup.All.Keys.SelectMany(static name => new[] { (name, false), (name, true) })];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Conversation_remembers_and_sends_only_what_the_host_does_not_have(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        var first = await AskAsync(client, isStreamed, "My name is Alice.");
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "What's my name?")))
        {
            return;
        }

        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        var last = await AskAsync(client, isStreamed, "What is 6*7?");
        Assert.Contains("42", last.Text, StringComparison.Ordinal);
        Assert.Equal(setup.HasCost, last.GetCostInUsd() > 0);
        Assert.Equal(3, (await client.Conversations.GetTurnsAsync(Ticket, Now)).Count);
        AssertSmooth(setup);
        if (setup is { IsStateful: true, LosesResponses: false })
        {
            Emulator.Requests[^1].ShouldSend("user");
            Assert.NotNull(Emulator.Requests[^1].PreviousResponseId);
            Assert.NotEqual(first.ResponseId, Emulator.Requests[^1].PreviousResponseId);
        }
        else if (!setup.IsStateful)
        {
            Emulator.Requests[^1].ShouldContinueNothing();
            if (!setup.LeavesStoreOpen)
            {
                Emulator.Requests[^1].ShouldNotBeStored().ShouldContain("reasoning.encrypted_content");
            }

            Assert.Contains(Emulator.Requests[^1].Items, static i => i.GetProperty("type").GetString() == "reasoning");
            Assert.Equal(0, Emulator.StoredResponses);
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Fork_and_its_original_continue_apart(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        await AskAsync(client, isStreamed, "My name is Alice.");
        await client.Conversations.ForkAsync(Ticket, "fork", turnId: null, Now);
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "My favourite colour is red.", "fork")))
        {
            return;
        }

        await AskAsync(client, isStreamed, "My favourite colour is red.", "fork");
        await AskAsync(client, isStreamed, "My favourite colour is blue.");
        Assert.Contains("red", (await AskAsync(client, isStreamed, "What is my favourite colour?", "fork")).Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("blue", (await AskAsync(client, isStreamed, "What is my favourite colour?")).Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?", "fork")).Text, StringComparison.Ordinal);
        AssertSmooth(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Rewound_conversation_continues_before_what_was_taken_back(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        await AskAsync(client, isStreamed, "My name is Alice.");
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "My name is Bob.")))
        {
            return;
        }

        await AskAsync(client, isStreamed, "My name is Bob.");
        await client.Conversations.RewindAsync(Ticket, 1, Now);
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        AssertSmooth(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Conversation_is_rebuilt_once_when_the_host_has_lost_its_responses(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        await AskAsync(client, isStreamed, "My name is Alice.");
        Emulator.ExpireResponses();
        Clock.Advance(TimeSpan.FromMinutes(2)); // The ids are no longer young.
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "What's my name?")))
        {
            return;
        }

        var before = Emulator.Requests.Count;
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal((setup.IsStateful ? 2 : 1) + (setup.LooksUpReasoning ? 1 : 0), Emulator.Requests.Count - before);
        Emulator.Requests[^1].ShouldContinueNothing();
        AssertReasoning(setup);
        Assert.Contains("42", (await AskAsync(client, isStreamed, "What is 6*7?")).Text, StringComparison.Ordinal);
        if (setup is { IsStateful: true, LosesResponses: false })
        {
            Emulator.Requests[^1].ShouldSend("user");
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Deleted_conversation_leaves_nothing_at_the_host(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        await AskAsync(client, isStreamed, "My name is Alice.");
        if (setup.Rejection is null)
        {
            await AskAsync(client, isStreamed, "What is 6*7?");
        }

        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(setup.IsStateful, Emulator.StoredResponses > 0);
        await WhileTimePassesAsync(client.Conversations.DeleteAsync(Ticket, Now));
        Assert.Empty(await client.Conversations.GetTurnsAsync(Ticket, Now));
        Assert.Equal(setup.LosesResponses, Emulator.StoredResponses > 0);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Function_loop_runs_and_is_remembered(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var weather = AIFunctionFactory.Create(static (string city) => $"18 degrees in {city}", "get_weather", "The weather in a city.");
        using var client = Conversations(setup).AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Tools = [weather] };
        Assert.Contains("18", (await AskAsync(client, isStreamed, "What is the weather in Oslo?", options: options)).Text, StringComparison.Ordinal);
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "My name is Alice.", options: options)))
        {
            return;
        }

        await AskAsync(client, isStreamed, "My name is Alice.", options: options);
        Assert.Contains("18", (await AskAsync(client, isStreamed, "What is the weather in Rome?", options: options)).Text, StringComparison.Ordinal);
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?", options: options)).Text, StringComparison.Ordinal);
        AssertSmooth(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Image_is_seen_and_remembered(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        var image = new ChatMessage(ChatRole.User, [new DataContent(Png(), "image/png"), new TextContent("My name is Bob. What is in this image?")]);
        Assert.Contains("16", (await AskAsync(client, isStreamed, image)).Text, StringComparison.Ordinal);
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "What's my name?")))
        {
            return;
        }

        Assert.Contains("Bob", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        AssertSmooth(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Expired_conversation_is_resent_and_its_id_is_not_tried(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        await AskAsync(client, isStreamed, "My name is Alice.");
        Clock.Advance(TimeSpan.FromDays(31));
        if (await IsRejectedAsync(setup, () => AskAsync(client, isStreamed, "What's my name?")))
        {
            return;
        }

        var before = Emulator.Requests.Count;
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(setup.LooksUpReasoning ? 2 : 1, Emulator.Requests.Count - before);
        Assert.All(Emulator.Requests.Skip(before), static r => r.ShouldContinueNothing());
        AssertReasoning(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Effort_is_sent_where_the_host_takes_it_and_dropped_elsewhere(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup);
        foreach (var effort in (ReasoningEffort[])[ReasoningEffort.Low, ReasoningEffort.ExtraHigh])
        {
            var options = new ChatOptions { Reasoning = new() { Effort = effort } };
            Assert.Contains("42", (await AskAsync(client, isStreamed, "What is 6*7?", id: null, options)).Text, StringComparison.Ordinal);
        }

        AssertSmooth(setup);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Rate_limit_that_passes_is_retried_after_the_time_that_the_host_states(string host, bool isStreamed)
    {
        var setup = HostSetup.All[host];
        var client = Conversations(setup, static o => o.MaxRetries = 1);
        Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(4)));
        var start = Clock.GetUtcNow();
        Assert.Contains("42", (await AskAsync(client, isStreamed, "What is 6*7?")).Text, StringComparison.Ordinal);
        Assert.InRange(Clock.GetUtcNow() - start, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30));
        Assert.Equal(429, Emulator.Requests[0].Status);
    }

    /// <summary>Asserts that no request was rejected, unless the host rejects some by its nature.</summary>
    private void AssertSmooth(HostSetup setup)
    {
        if (!setup.IsRejecting)
        {
            Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
        }
    }

    /// <summary>Asserts that the resent conversation has its reasoning, unless the host did not find the ids of the reasoning items.</summary>
    private void AssertReasoning(HostSetup setup)
    {
        Assert.Equal(!setup.LooksUpReasoning, HasReasoning(Emulator.Requests[^1]));
        if (setup.LooksUpReasoning)
        {
            Assert.True(HasReasoning(Emulator.Requests[^2]));
            Assert.Equal(400, Emulator.Requests[^2].Status);
        }

        static bool HasReasoning(RecordedRequest request) => request.Items.Any(static i => i.GetProperty("type").GetString() == "reasoning");
    }

    /// <summary>Returns whether the host rejects resent answers. It then asserts that the caller sees the host's own words.</summary>
    private static async Task<bool> IsRejectedAsync(HostSetup setup, Func<Task> call)
    {
        if (setup.Rejection is not { } words)
        {
            return false;
        }

        var e = await Assert.ThrowsAsync<GrokException>(call);
        Assert.Equal(GrokErrorKind.InvalidRequest, e.Kind);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        return true;
    }

    /// <summary>Creates the header of a PNG of 16 x 16 pixels.</summary>
    private static byte[] Png()
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0];
        return png;
    }
}
