using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests.Hosts;

public sealed class OpenRouterTests
{
    private const string Hello = """{"model":"x-ai/grok-4.6","input":"Hello"}""";
    private const string Streamed = """{"model":"x-ai/grok-4.6","input":"Hello","stream":true}""";

    [Fact]
    public async Task Answers_have_the_form_of_the_host_and_a_cost_in_usd()
    {
        await using var api = await Api.StartAsync(OpenRouter());
        Assert.Equal("/api/v1", api.Emulator.BaseAddress.AbsolutePath);
        var response = (await api.CreateAsync(Hello)).Json;
        Assert.Equal("x-ai/grok-4.6", response.GetProperty("model").GetString());
        Assert.False(response.TryGetProperty("store", out _));
        var usage = response.GetProperty("usage");
        Assert.True(usage.GetProperty("cost").GetDecimal() > 0);
        Assert.False(usage.GetProperty("is_byok").GetBoolean());
        Assert.True(usage.TryGetProperty("cost_details", out _));
        Assert.False(usage.TryGetProperty("cost_in_usd_ticks", out _));
        Assert.Equal(0, api.Emulator.StoredResponses);
        Assert.Contains("\"x-ai/grok-4.7\"", (await api.SendAsync(HttpMethod.Get, "/models")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"store\":true", "store must be false: this API does not store responses.")]
    [InlineData("\"previous_response_id\":\"resp_x\"", "previous_response_id is not supported: this API is stateless.")]
    public async Task State_is_rejected(string member, string message)
    {
        await using var api = await Api.StartAsync(OpenRouter());
        var reply = await api.CreateAsync($$"""{"model":"x-ai/grok-4.6","input":"Hello",{{member}}}""");
        Assert.Equal((HttpStatusCode.BadRequest, $$$"""{"error":{"code":"invalid_prompt","message":"{{{message}}}"},"metadata":null}"""), (reply.Status, reply.Body));
        var id = Api.IdOf((await api.CreateAsync(Hello)).Json);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Status);
    }

    [Fact]
    public async Task Stream_ends_with_done_and_has_the_event_names_of_the_guide_by_choice()
    {
        await using var api = await Api.StartAsync(OpenRouter());
        var events = await api.StreamAsync(Streamed);
        Assert.Equal(("response.completed", "[DONE]"), (events[^2].Type, events[^1].Data));
        await using var guide = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new OpenRouterHost { UsesGuideEventNames = true } });
        var renamed = (await guide.StreamAsync(Streamed)).SkipLast(1).ToList();
        Assert.Equal(("response.done", "response.done"), (renamed[^1].Type, renamed[^1].Name));
        Assert.Contains(renamed, streamed => streamed.Type == "response.content_part.delta");
        Assert.DoesNotContain(renamed, streamed => streamed.Type == "response.output_text.delta");
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":"Hi."}""", 400)]
    [InlineData("""{"type":"message","role":"assistant","content":"Hi.","id":"msg_1"}""", 400)]
    [InlineData("""{"type":"message","role":"assistant","content":"Hi.","id":"msg_1","status":"completed"}""", 200)]
    public async Task Assistant_message_needs_id_and_status_by_choice(string message, int status)
    {
        var body = $$"""{"model":"x-ai/grok-4.6","input":[{"role":"user","content":"Hello"},{{message}},{"role":"user","content":"And?"}]}""";
        await using var strict = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new OpenRouterHost { RequiresAssistantIds = true } });
        Assert.Equal(status, (int)(await strict.CreateAsync(body)).Status);
        await using var lenient = await Api.StartAsync(OpenRouter());
        Assert.Equal(HttpStatusCode.OK, (await lenient.CreateAsync(body)).Status);
    }

    [Theory]
    [InlineData("Bearer sk-or-1", 200)]
    [InlineData("Bearer sk-or-2", 401)]
    [InlineData("", 401)]
    public async Task Key_is_checked(string authorization, int status)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new OpenRouterHost(), ApiKey = "sk-or-1" });
        var reply = await api.SendToAsync(HttpMethod.Post, "/api/v1/responses", Hello, ("Authorization", authorization));
        Assert.Equal(status, (int)reply.Status);
        await using var hidden = await Api.StartAsync(new GrokEmulatorOptions
        {
            ServedBy = new OpenRouterHost { FailsWith200 = true },
            ApiKey = "sk-or-1",
        });
        var failed = await hidden.SendToAsync(HttpMethod.Post, "/api/v1/responses", Hello, ("Authorization", authorization));
        Assert.Equal(HttpStatusCode.OK, failed.Status);
        if (status == 401)
        {
            Assert.Equal(
                $$$"""{"id":"{{{Api.IdOf(failed.Json)}}}","status":"failed","error":{"code":"server_error","message":"Invalid credentials"},"error_type":"authentication"}""",
                failed.Body);
        }
    }

    [Fact]
    public async Task Kind_of_an_error_is_its_error_type()
    {
        await using var api = await Api.StartAsync(OpenRouter());
        api.Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(3)));
        var limited = await api.CreateAsync(Hello);
        Assert.Equal("3", limited.Header("Retry-After"));
        Assert.Equal("rate_limit_exceeded", limited.Json.GetProperty("error").GetProperty("metadata").GetProperty("error_type").GetString());
        api.Emulator.Faults.Enqueue(Fault.Overloaded());
        Assert.Equal("provider_overloaded", (await api.CreateAsync(Hello)).Json.GetProperty("error").GetProperty("metadata").GetProperty("error_type").GetString());
        api.Emulator.Faults.Enqueue(Fault.Failed("server_error", "The prompt is too long.").WithErrorType("context_length_exceeded"));
        var failed = (await api.CreateAsync(Hello)).Json;
        Assert.Equal(("failed", "context_length_exceeded"), (failed.GetProperty("status").GetString(), failed.GetProperty("error_type").GetString()));
        Assert.Equal("grok-4.6 is not a valid model ID", (await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}""")).Json.GetProperty("error").GetProperty("message").GetString());
    }

    private static GrokEmulatorOptions OpenRouter() => new() { ServedBy = new OpenRouterHost() };
}
