using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Replies that are computed from the request, and the check of the tools that a strict script calls.</summary>
public sealed class ComputedReplyTests
{
    [Fact]
    public async Task Reply_is_computed_from_the_request_that_it_answers()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply((request, reply) => reply.Text($"You said: {request.LastUserText}"));
        api.Emulator.Script.WhenText("order").Always((request, reply) => reply.Text($"{request.Model}, {request.PreviousResponseId ?? "first"}"));
        var first = await api.SayAsync("My order?");
        Assert.Equal("grok-4.6, first", Api.TextOf(first));
        Assert.Equal($"grok-4.6, {Api.IdOf(first)}", await api.AnswerAsync("And the other order?", Api.IdOf(first)));
        Assert.Equal("You said: Hello.", await api.AnswerAsync("Hello."));
        api.Emulator.Script.ShouldBeUsedUp();
    }

    [Fact]
    public async Task Asynchronously_computed_reply_is_streamed_when_it_is_complete()
    {
        await using var api = await Api.StartAsync();
        var release = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        api.Emulator.Script
            .Reply(async (request, reply, _) => reply.Text($"{request.IsStreamed}: {await release.Task}"))
            .When(_ => true).Reply(async (_, reply, token) =>
            {
                await Task.Yield();
                reply.Text(token.CanBeCanceled ? "A rule answers first." : "There is no token.");
            });
        Assert.Equal("A rule answers first.", await api.AnswerAsync("Hello."));
        var answer = api.StreamAsync("""{"model":"grok-4.6","input":"Hello.","stream":true}""");
        release.SetResult("released");
        Assert.Equal("True: released", Api.TextOf((await answer)[^1].Json.GetProperty("response")));
    }

    [Fact]
    public async Task Token_of_a_computed_reply_is_cancelled_when_the_client_disconnects()
    {
        await using var api = await Api.StartAsync();
        var (called, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        api.Emulator.Script.When(_ => true).Always(async (_, _, token) =>
        {
            using var registration = token.Register(cancelled.SetResult);
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        using var stop = new CancellationTokenSource();
        using var body = new StringContent("""{"model":"grok-4.6","input":"Hello."}""", null, "application/json");
        var sending = api.Http.PostAsync(new Uri($"{api.Emulator.BaseAddress}/responses"), body, stop.Token);
        await called.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(RequestOutcome.ClientDisconnected, await api.Emulator.Requests[0].Outcome.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exception_of_a_delegate_is_reported_as_a_500_that_names_the_script()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply((_, _) => throw new FormatException("No order number.")).Reply("Next.");
        var reply = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello."}""");
        Assert.Equal((HttpStatusCode.InternalServerError, "emulator-script"), (reply.Status, reply.Code));
        Assert.Equal("The delegate that computes this reply threw FormatException: No order number.", reply.Error);
        Assert.Equal("Next.", await api.AnswerAsync("Hello."));
    }

    [Fact]
    public void Null_delegate_is_rejected()
    {
        var script = new GrokEmulator().Script;
        Assert.Throws<ArgumentNullException>("reply", () => script.Reply((Action<RecordedRequest, ReplyBuilder>)null!));
        Assert.Throws<ArgumentNullException>("reply", () => script.Reply((Func<RecordedRequest, ReplyBuilder, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("reply", () => script.WhenText("x").Always((Action<RecordedRequest, ReplyBuilder>)null!));
        Assert.Throws<ArgumentNullException>("reply", () => script.WhenText("x").Always((Func<RecordedRequest, ReplyBuilder, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("reply", () => script.WhenText("x").Always((Action<ReplyBuilder>)null!));
    }

    public static TheoryData<string, string, string> Calls => new()
    {
        { "function", "the function 'get_weather'", """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{}}}""" },
        { "mcp", "the MCP server 'docs'", """{"type":"mcp","server_label":"docs","server_url":"https://docs.example/mcp"}""" },
        { "web", "the tool web_search", """{"type":"web_search"}""" },
        { "x", "the tool x_search", """{"type":"x_search"}""" },
        { "code", "the tool code_interpreter", """{"type":"code_execution"}""" },
        { "files", "the tool file_search", """{"type":"collections_search","vector_store_ids":["c"]}""" },
        { "image", "the tool image_generation", """{"type":"image_generation"}""" },
        { "shell", "the tool shell", """{"type":"shell","environment":{"type":"local"}}""" },
        { "tools", "the tool tool_search", """{"type":"tool_search"}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Strict_script_calls_only_tools_that_the_request_offers(string call, string words, string tool)
    {
        await using var api = await Api.StartAsync();
        const string Other = """{"type":"function","name":"other","parameters":{"type":"object","properties":{}}}""";
        void Answer(ReplyBuilder reply) => _ = call switch
        {
            "function" => reply.Call("get_weather"),
            "mcp" => reply.Mcp("docs", "search"),
            "web" => reply.WebSearch("rain"),
            "x" => reply.XSearch("rain"),
            "code" => reply.Code("1"),
            "files" => reply.FileSearch("rain"),
            "image" => reply.FailedImage(),
            "shell" => reply.Shell("ls"),
            _ => reply.FailedToolSearch("rain"),
        };
        string Body(string tools) => $$"""{"model":"grok-4.6","input":"Hello.","tools":[{{tools}}]}""";
        api.Emulator.Script.Reply(Answer).Reply(Answer).Reply(Answer);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync(Body(Other))).Status);

        api.Emulator.Script.Strict = true;
        var refused = await api.CreateAsync(Body(Other));
        Assert.Equal((HttpStatusCode.InternalServerError, "emulator-script"), (refused.Status, refused.Code));
        Assert.StartsWith($"The script calls {words}, which the request does not offer. The ", refused.Error, StringComparison.Ordinal);
        Assert.Contains(call switch { "function" => "functions that it offers: 'other'.", "mcp" => "MCP servers that it offers: none.", _ => "tools that it offers: 'other'." }, refused.Error, StringComparison.Ordinal);

        var deferred = call == "tools" ? "," + Other.Replace("{\"type\":\"function\"", "{\"type\":\"function\",\"defer_loading\":true", StringComparison.Ordinal) : "";
        var offered = await api.CreateAsync(Body(tool + deferred));
        Assert.True(offered.Status == HttpStatusCode.OK, offered.Body);
        api.Emulator.Script.ShouldBeUsedUp();
    }
}
