using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests.Hosts;

/// <summary>What all hosts share: their description in text, tokens, and the faults that hosts brought.</summary>
public sealed class HostTests
{
    private const string Hello = """{"model":"grok-4.6","input":"Hello"}""";

    [Fact]
    public void Host_is_parsed_with_its_settings()
    {
        var foundry = Assert.IsType<FoundryHost>(GrokHost.Parse("foundry; deployment=prod-chat:grok-4.7; deployment = small : grok-4.6; readable-after=2.5; reject-xhigh=false; echo-deployment=false"));
        Assert.Equal([("prod-chat", "grok-4.7"), ("small", "grok-4.6")], foundry.Deployments.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((TimeSpan.FromSeconds(2.5), false, false), (foundry.ReadableAfter, foundry.RejectsXHigh, foundry.EchoesDeployment));
        var google = Assert.IsType<GoogleHost>(GrokHost.Parse("Google; allow-state; store-by-default; reject-effort=false; ignore-schemas"));
        Assert.Equal((true, true, false, true), (google.AllowsState, google.StoresByDefault, google.RejectsEffort, google.IgnoresSchemas));
        var bedrock = Assert.IsType<BedrockHost>(GrokHost.Parse("bedrock; region=us-west-2; global-region=us-east-2; retain-nothing"));
        Assert.Equal(("us-west-2", "us-east-2", true), (bedrock.Region, Assert.Single(bedrock.GlobalRegions), bedrock.RetainsNothing));
        var openRouter = Assert.IsType<OpenRouterHost>(GrokHost.Parse("openrouter; require-assistant-ids; guide-event-names; echo-store; fail-with-200"));
        Assert.Equal((true, true, true, true), (openRouter.RequiresAssistantIds, openRouter.UsesGuideEventNames, openRouter.EchoesStore, openRouter.FailsWith200));
    }

    [Theory]
    [InlineData("", "foundry, google, bedrock, openrouter")]
    [InlineData("oracle", "foundry, google, bedrock, openrouter")]
    [InlineData("foundry; allow-state", "deployment, echo-deployment, readable-after, reject-xhigh")]
    [InlineData("foundry; deployment=prod-chat", "NAME:MODEL")]
    [InlineData("foundry; readable-after=soon", "'soon'")]
    [InlineData("google; allow-state=perhaps", "'perhaps'")]
    public void Invalid_host_names_the_valid_values(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => GrokHost.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Command_line_sets_the_host_and_the_lifetime_of_tokens()
    {
        var options = CommandLine.Read(["--host", "foundry; deployment=prod-chat:grok-4.7", "--token-lifetime", "60"]);
        Assert.Equal("grok-4.7", Assert.IsType<FoundryHost>(options.ServedBy).Deployments["prod-chat"]);
        Assert.Equal(TimeSpan.FromMinutes(1), options.TokenLifetime);
        Assert.Equal(1, await Program.Main(["--host", "oracle"]));
        Assert.Throws<ArgumentException>(() => new GrokEmulator(new GrokEmulatorOptions { TokenLifetime = TimeSpan.Zero }));
    }

    [Fact]
    public async Task Token_of_xAI_expires_and_its_key_does_not()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ApiKey = "xai-key", TokenLifetime = TimeSpan.FromHours(1), TimeProvider = time });
        Assert.Equal((200, 200), (await SendAsync("Bearer token"), await SendAsync("Bearer xai-key")));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((401, 200), (await SendAsync("Bearer token"), await SendAsync("Bearer xai-key")));
        Assert.Equal(401, await SendAsync("Basic x"));

        async Task<int> SendAsync(string authorization) => (int)(await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("Authorization", authorization))).Status;
    }

    [Fact]
    public async Task Secret_headers_are_redacted_and_compared_only()
    {
        await using var api = await Api.StartAsync();
        await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("api-key", "secret-1"), ("cf-aig-authorization", "Bearer secret-2"), ("OpenAI-Project", "ocid1"));
        var request = Assert.Single(api.Emulator.Requests);
        Assert.Equal(("***", "Bearer ***", "ocid1"), (request.Headers["api-key"], request.Headers["cf-aig-authorization"], request.Headers["OpenAI-Project"]));
        request.ShouldHaveCredential("secret-1").ShouldHaveCredential("secret-2").ShouldNotReveal("secret-3");
        Assert.False(request.HasCredential("secret"));
        Assert.DoesNotContain("secret-1", Assert.Throws<EmulatorAssertionException>(() => request.ShouldHaveCredential("secret-3")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-2", Assert.Throws<EmulatorAssertionException>(() => request.ShouldNotReveal("secret-2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_token_fault_is_a_401_in_the_words_of_each_host()
    {
        foreach (var (host, start) in (IEnumerable<(GrokHost?, string)>)
            [(null, "{\"code\":\"unauthenticated:bad-credentials\""), (new FoundryHost(), "{\"error\":{\"code\":\"401\""), (new GoogleHost(), "[{\"error\":{\"code\":401"),
                (new BedrockHost(), "{\"error\":{\"message\":\"The security token"), (new OpenRouterHost(), "{\"error\":{\"message\":\"Invalid credentials\",\"code\":401}}")])
        {
            await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = host });
            api.Emulator.Faults.Enqueue(Fault.ExpiredToken());
            var reply = await api.CreateAsync(Hello);
            Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
            Assert.StartsWith(start, reply.Body, StringComparison.Ordinal);
            Assert.NotEqual(HttpStatusCode.Unauthorized, (await api.CreateAsync(Hello)).Status);
        }
    }

    [Fact]
    public async Task Expired_token_fault_of_a_header_applies_once()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal((401, 200), (await SendAsync("unauthorized-expired"), await SendAsync("unauthorized-expired")));
        Assert.Equal((401, 401, 200), (await SendAsync("unauthorized-expired; times=2"), await SendAsync("unauthorized-expired; times=2"), await SendAsync("unauthorized-expired; times=2")));

        async Task<int> SendAsync(string fault) => (int)(await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("x-emulator-fault", fault))).Status;
    }

    [Theory]
    [InlineData("young-id; seconds=3")]
    [InlineData(null)]
    public async Task Young_id_is_unknown_for_a_time(string? header)
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        if (header is null)
        {
            api.Emulator.Faults.Enqueue(Fault.YoungId(TimeSpan.FromSeconds(3)));
        }

        var created = await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, header is null ? [] : [("x-emulator-fault", header)]);
        var id = Api.IdOf(created.Json);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hi","previous_response_id":"{{id}}"}""")).Status);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        Assert.Throws<ArgumentOutOfRangeException>(() => Fault.YoungId(TimeSpan.FromSeconds(-1)));
    }

    [Theory]
    [InlineData("array; status=503", 503, """[{"error":{"code":503,"message":"Service temporarily unavailable. The model did not respond to this request.","status":"UNAVAILABLE"}}]""")]
    [InlineData("nested-param; param=store; code=unsupported_value; message=No.", 400, """{"error":{"message":"No.","type":"invalid_request_error","param":"store","code":"unsupported_value"}}""")]
    [InlineData("status; status=404; message=Gone; code=x; shape=array", 404, """[{"error":{"code":404,"message":"Gone","status":"NOT_FOUND"}}]""")]
    [InlineData("status; status=403; message=No; code=x; shape=array", 403, """[{"error":{"code":403,"message":"No","status":"PERMISSION_DENIED"}}]""")]
    [InlineData("status; status=401; message=No; code=x; shape=array", 401, """[{"error":{"code":401,"message":"No","status":"UNAUTHENTICATED"}}]""")]
    [InlineData("status; status=429; message=No; code=x; shape=array", 429, """[{"error":{"code":429,"message":"No","status":"RESOURCE_EXHAUSTED"}}]""")]
    [InlineData("status; status=500; message=No; code=x; shape=array", 500, """[{"error":{"code":500,"message":"No","status":"INTERNAL"}}]""")]
    public async Task Error_shapes_of_hosts_are_sent_by_any_host(string fault, int status, string body)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello, ("x-emulator-fault", fault + "; retry-after-ms=250"));
        Assert.Equal((status, body, "250"), ((int)reply.Status, reply.Body, reply.Header("retry-after-ms")));
    }

    [Fact]
    public async Task Failed_fault_of_a_header_has_an_error_type()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new OpenRouterHost() });
        var reply = await api.SendToAsync(HttpMethod.Post, "/api/v1/responses", """{"model":"x-ai/grok-4.6","input":"Hello"}""", ("x-emulator-fault", "failed; error-type=payment_required"));
        Assert.Equal("payment_required", reply.Json.GetProperty("error_type").GetString());
    }
}
