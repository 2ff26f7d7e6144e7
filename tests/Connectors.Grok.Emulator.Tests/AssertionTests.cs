using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class AssertionTests
{
    private const string Body =
        """{"model":"grok-4.6","store":false,"stream":true,"temperature":0.5,"input":[{"role":"system","content":"Be kind."},{"role":"user","content":[{"type":"input_text","text":"Hello"}]}]}""";

    [Fact]
    public async Task Assertions_pass_when_the_requests_meet_them()
    {
        await using var api = await Api.StartAsync();
        var id = Api.IdOf(await api.SayAsync("First"));
        await api.SayAsync("Second", id);
        await api.StreamAsync(Body);
        var requests = api.Emulator.Requests;
        requests[0].ShouldContinueNothing().ShouldBeStored().ShouldSay("First").ShouldSend("user").ShouldUseModel("grok-4.6");
        requests[1].ShouldContinue(id).ShouldNotContain("First").ShouldNotHave("instructions");
        requests[2].ShouldNotBeStored().ShouldStream().ShouldSend("system", "user").ShouldSay("Hello").ShouldHave("temperature", "0.50e0").ShouldContain("Be kind.")
            .ShouldHaveHeader("content-type", "application/json; charset=utf-8");
    }

    [Fact]
    public async Task Assertions_report_expected_and_actual_values_when_they_fail()
    {
        await using var api = await Api.StartAsync();
        await api.StreamAsync(Body);
        var request = api.Emulator.Requests[0];
        Action[] wrong =
        [
            () => request.ShouldContinue("x"), () => request.ShouldBeStored(), () => request.ShouldSay("Bye"), () => request.ShouldSend("user"),
            () => request.ShouldUseModel("grok-4.7"), () => request.ShouldNotContain("Hello"), () => request.ShouldContain("Bye"), () => request.ShouldHave("store", "true"),
            () => request.ShouldNotHave("stream"), () => request.ShouldHaveHeader("x-none", "1"),
        ];
        Assert.All(wrong, assertion => Assert.Contains("POST /v1/responses should", Assert.Throws<EmulatorAssertionException>(assertion).Message, StringComparison.Ordinal));
        Assert.StartsWith(
            "ShouldSend: POST /v1/responses should send [user], but it sends [system, user].",
            Assert.Throws<EmulatorAssertionException>(() => request.ShouldSend("user")).Message,
            StringComparison.Ordinal);
    }
}
