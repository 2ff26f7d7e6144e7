using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ResponsesTests
{
    private static readonly string[] Keys =
    [
        "created_at", "completed_at", "id", "max_output_tokens", "model", "object", "output", "parallel_tool_calls", "previous_response_id", "reasoning",
        "temperature", "text", "tool_choice", "tools", "top_p", "usage", "user", "incomplete_details", "status", "store", "metadata", "background",
        "service_tier", "truncation", "top_logprobs", "presence_penalty", "frequency_penalty", "prompt_cache_key", "max_tool_calls", "safety_identifier",
        "error", "instructions",
    ];

    [Fact]
    public async Task Response_has_the_members_of_2026_in_order()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync("Hello");
        Assert.Equal(Keys, response.EnumerateObject().Select(member => member.Name));
        Assert.Equal("completed", response.GetProperty("status").GetString());
        Assert.Equal("""{"effort":"high","summary":"detailed"}""", response.GetProperty("reasoning").GetRawText());
    }

    [Fact]
    public async Task Response_id_is_a_bare_guid_and_item_ids_derive_from_it()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync("Hello");
        var id = Api.IdOf(response);
        Assert.Equal(id, Guid.ParseExact(id, "D").ToString("D"));
        Assert.Equal($"rs_{id}", Api.Item(response, "reasoning").GetProperty("id").GetString());
        Assert.Equal($"msg_{id}", Api.Item(response, "message").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Request_id_equals_response_id_and_rate_limit_headers_are_sent_on_success_only()
    {
        await using var api = await Api.StartAsync();
        var good = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}""");
        Assert.Equal(Api.IdOf(good.Json), good.Header("x-request-id"));
        Assert.Equal("false", good.Header("x-zero-data-retention"));
        Assert.Equal(good.Header("x-ratelimit-limit-requests"), good.Header("x-ratelimit-remaining-requests"));

        var bad = await api.CreateAsync("""{"model":"grok-1","input":"Hello"}""");
        Assert.True(Guid.TryParseExact(bad.Header("x-request-id"), "D", out _));
        Assert.False(bad.Message.Headers.Contains("x-ratelimit-limit-requests"));
    }

    [Fact]
    public async Task Stored_response_is_retrieved_unchanged_and_deleted_once()
    {
        await using var api = await Api.StartAsync();
        var created = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}""");
        var id = Api.IdOf(created.Json);

        Assert.Equal(created.Body, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Body);
        Assert.Equal($$"""{"id":"{{id}}","object":"response","deleted":true}""", (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Body);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete])
        {
            var gone = await api.SendAsync(method, $"/responses/{id}");
            Assert.Equal(HttpStatusCode.NotFound, gone.Status);
            Assert.Equal($$"""{"code":"not-found","error":"Response with id={{id}} not found"}""", gone.Body);
        }
    }

    [Fact]
    public async Task Response_repeats_the_members_of_the_request()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync(
            "Hello",
            more: ""","user":"u-1","safety_identifier":"s-1","prompt_cache_key":"k-1","max_output_tokens":500,"temperature":0.5,"top_p":0.9,"service_tier":"priority","unknown_member":1,"tools":[{"type":"web_search","enable_image_search":true}]""");
        Assert.Equal("u-1", response.GetProperty("user").GetString());
        Assert.Equal("s-1", response.GetProperty("safety_identifier").GetString());
        Assert.Equal("k-1", response.GetProperty("prompt_cache_key").GetString());
        Assert.Equal(500, response.GetProperty("max_output_tokens").GetInt32());
        Assert.Equal(0.5, response.GetProperty("temperature").GetDouble());
        Assert.Equal(0.9, response.GetProperty("top_p").GetDouble());
        Assert.Equal("priority", response.GetProperty("service_tier").GetString());
        Assert.Equal("""[{"type":"web_search","enable_image_search":true}]""", response.GetProperty("tools").GetRawText());
        Assert.False(response.TryGetProperty("unknown_member", out _));
    }

    [Fact]
    public async Task Usage_adds_up_and_cost_follows_the_prices_of_the_model()
    {
        await using var api = await Api.StartAsync();
        var usage = (await api.SayAsync("Hello")).GetProperty("usage");
        var (input, output) = (usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64());
        Assert.Equal(input + output, usage.GetProperty("total_tokens").GetInt64());
        Assert.InRange(usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt64(), 1, output - 1);
        Assert.Equal((input * 20_000) + (output * 60_000), usage.GetProperty("cost_in_usd_ticks").GetInt64());
        Assert.Equal(input, usage.GetProperty("context_details").GetProperty("input_tokens").GetInt64());

        var dearer = (await api.SayAsync("Hello there", more: ""","service_tier":"priority","reasoning":{"effort":"high"}""")).GetProperty("usage");
        Assert.Equal(
            2 * ((dearer.GetProperty("input_tokens").GetInt64() * 20_000) + (dearer.GetProperty("output_tokens").GetInt64() * 60_000)),
            dearer.GetProperty("cost_in_usd_ticks").GetInt64());
    }

    [Fact]
    public async Task Retired_model_names_resolve_to_their_successor()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal("grok-4.3", (await api.SayAsync("Hello", model: "grok-4")).GetProperty("model").GetString());
        Assert.Equal("grok-4.20-0309-reasoning", (await api.SayAsync("Hello", model: "grok-4.20")).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Model_lists_have_the_documented_members()
    {
        await using var api = await Api.StartAsync();
        var list = (await api.SendAsync(HttpMethod.Get, "/models")).Json;
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Contains(list.GetProperty("data").EnumerateArray(), model => model.GetProperty("id").GetString() == "grok-4.6");
        Assert.All(list.GetProperty("data").EnumerateArray(), model => Assert.Equal("xai", model.GetProperty("owned_by").GetString()));

        Assert.Equal("grok-4.3", (await api.SendAsync(HttpMethod.Get, "/models/grok-4.3-latest")).Json.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/models/grok-1")).Status);

        var rich = (await api.SendAsync(HttpMethod.Get, "/language-models")).Json.GetProperty("models")[0];
        Assert.Equal(20_000, rich.GetProperty("prompt_text_token_price").GetInt32());
        Assert.Equal("""["text","image"]""", rich.GetProperty("input_modalities").GetRawText());
    }

    [Fact]
    public async Task Unknown_route_gets_404_and_wrong_method_gets_405()
    {
        await using var api = await Api.StartAsync();
        var route = await api.SendAsync(HttpMethod.Post, "/responses/1/cancel", "{}");
        Assert.Equal(HttpStatusCode.NotFound, route.Status);
        Assert.StartsWith("No handler found on route", route.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await api.SendAsync(HttpMethod.Get, "/responses")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await api.SendAsync(HttpMethod.Post, "/models", "{}")).Status);
    }
}
