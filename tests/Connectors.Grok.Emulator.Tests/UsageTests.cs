using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Token counts, costs and service tiers (docs/wire.md#usage-and-cost).</summary>
public sealed class UsageTests
{
    private const long PerPost = 50_000_000;
    private const long PerProfile = 100_000_000;
    private const long PerCall = 50_000_000;
    private const long PerFileSearch = 25_000_000;

    [Theory]
    [InlineData("grok-4.7", 199_999, 20_000, 5_000, 60_000)]
    [InlineData("grok-4.7", 200_000, 40_000, 10_000, 120_000)]
    [InlineData("grok-4.5", 199_999, 20_000, 3_000, 60_000)]
    [InlineData("grok-4.5", 200_000, 40_000, 6_000, 120_000)]
    [InlineData("grok-4.3", 200_000, 25_000, 4_000, 50_000)]
    [InlineData("grok-4.20", 199_999, 12_500, 2_000, 25_000)]
    [InlineData("grok-build-0.1", 199_999, 10_000, 2_000, 20_000)]
    [InlineData("grok-build-0.1", 200_000, 20_000, 4_000, 40_000)]
    public async Task Every_token_costs_double_from_200000_prompt_tokens_on(string model, int input, int perInput, int perCached, int perOutput)
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.Text("Hi").Usage(input, 50, 10, 1_280));
        var usage = Usage(await api.SayAsync("Hello", model: model));
        Assert.Equal(((input - 1_280L) * perInput) + (1_280L * perCached) + (50L * perOutput), Cost(usage));
    }

    [Theory]
    [InlineData("priority", false, "priority", 2)]
    [InlineData("fast", false, "fast", 2)]
    [InlineData("auto", false, "default", 1)]
    [InlineData("default", false, "default", 1)]
    [InlineData("flex", false, "default", 1)]
    [InlineData("priority", true, "default", 1)]
    [InlineData("fast", true, "default", 1)]
    public async Task Priority_costs_double_only_when_it_is_granted(string tier, bool downgrades, string granted, int factor)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { DowngradeServiceTier = downgrades });
        api.Emulator.Script.Reply(reply => reply.WebSearch("q").Text("Hi").Usage(1_000, 50, 10, 128));
        var response = await api.SayAsync("Hello", more: $",\"service_tier\":\"{tier}\"");
        Assert.Equal(granted, response.GetProperty("service_tier").GetString());
        Assert.Equal((((872 * 20_000) + (128 * 5_000) + (50 * 60_000)) * factor) + PerCall, Cost(Usage(response)));
    }

    [Fact]
    public async Task Nine_counters_tell_the_calls_of_hosted_tools_and_what_they_cost()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply
            .WebSearch("a").OpenPage("https://a.example").XSearch("b", posts: 38, users: 2).XSearch("c", posts: 0).CodeRun("1").FileSearch("d")
            .Mcp("docs", "read").Image([1]).AttachmentSearch(3).Text("Done.").Usage(0, 0));
        var usage = Usage(await api.SayAsync("Hello", more: ",\"tools\":[{\"type\":\"mcp\",\"server_url\":\"https://a.example\",\"server_label\":\"docs\"}]"));
        Assert.Equal(
            """{"web_search_calls":2,"x_search_calls":2,"x_posts_fetched":38,"x_users_fetched":2,"code_interpreter_calls":1,"file_search_calls":1,"mcp_calls":2,"document_search_calls":3,"image_generation_calls":1}""",
            usage.GetProperty("server_side_tool_usage_details").GetRawText());
        Assert.Equal((6 * PerCall) + (38 * PerPost) + (2 * PerProfile) + PerFileSearch, Cost(usage));
        Assert.Equal(11, usage.GetProperty("num_server_side_tools_used").GetInt32());
    }

    [Fact]
    public async Task Input_tokens_add_up_over_rounds_and_context_details_count_the_last_round()
    {
        await using var api = await Api.StartAsync();
        var prompt = string.Join(' ', Enumerable.Repeat("word", 1_000));
        api.Emulator.Script
            .Reply(reply => reply.Text("One two three."))
            .Reply(reply => reply.Reasoning("Thinking.").WebSearch("first query").InParallel(items => items.WebSearch("second").WebSearch("third")).Text("One two three."));
        var plain = Usage(await api.SayAsync(prompt, more: ",\"store\":false"));
        var agentic = Usage(await api.SayAsync(prompt, model: "grok-4.7", more: ",\"store\":false"));
        var once = plain.GetProperty("input_tokens").GetInt32();
        Assert.Equal((once, Context(plain, "input_tokens")), (1_003, 1_003));
        Assert.Equal(plain.GetProperty("output_tokens").GetInt32(), Context(plain, "output_tokens"));

        // Three rounds: the prompt, with the first search, with the second and the third one, which run in parallel.
        var (afterFirst, afterThird) = (once + 3 + 2 + 2, once + 3 + 2 + 2 + (2 * 3) + 2 + 2);
        Assert.Equal(once + afterFirst + afterThird, agentic.GetProperty("input_tokens").GetInt32());
        Assert.Equal(afterThird, Context(agentic, "input_tokens"));
        Assert.Equal(896 + 896, agentic.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(Context(plain, "output_tokens"), Context(agentic, "output_tokens"));
        Assert.True(agentic.GetProperty("output_tokens").GetInt32() > Context(agentic, "output_tokens"));
    }

    [Fact]
    public async Task Search_in_an_attached_file_is_counted_and_billed()
    {
        await using var api = await Api.StartAsync();
        var usage = Usage((await api.CreateAsync("""
            {"model":"grok-4.6","input":[{"role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"VGhlIHNreSBpcyBncmVlbi4="},{"type":"input_text","text":"Sky?"}]}]}
            """)).Json);
        Assert.Equal(1, usage.GetProperty("server_side_tool_usage_details").GetProperty("document_search_calls").GetInt32());
        var tokens = (usage.GetProperty("input_tokens").GetInt64() * 20_000) + (usage.GetProperty("output_tokens").GetInt64() * 60_000);
        Assert.Equal(tokens + PerCall, Cost(usage));
    }

    private static JsonElement Usage(JsonElement response) => response.GetProperty("usage");

    [Fact]
    public async Task Small_window_rejects_a_conversation_that_has_grown_beyond_it()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ContextLength = 130 });
        var text = string.Join(' ', Enumerable.Repeat("word", 40));
        var first = Api.IdOf(await api.SayAsync(text));
        var second = Api.IdOf(await api.SayAsync("Hello", first));
        var over = await api.CreateAsync($$"""{"model":"grok-4.6","input":"{{text}}","previous_response_id":"{{second}}"}""");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, over.Status);
        Assert.StartsWith("This model's maximum prompt length is 130 but the request contains ", over.Error, StringComparison.Ordinal);
        Assert.Equal("invalid-argument", over.Code);
        var listed = (await api.SendAsync(HttpMethod.Get, "/models/grok-4.7")).Json;
        Assert.Equal((130, 200_000), (listed.GetProperty("context_length").GetInt32(), listed.GetProperty("long_context_threshold").GetInt32()));
    }

    [Theory]
    [InlineData(30, 29, 1)]
    [InlineData(30, 30, 2)]
    [InlineData(0, 400_000, 1)]
    public async Task Threshold_of_the_options_decides_when_tokens_cost_double(int threshold, int input, int factor)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { LongContextThreshold = threshold });
        api.Emulator.Script.Reply(reply => reply.Text("Hi").Usage(input, 5, 0, 0));
        Assert.Equal(((input * 20_000L) + (5 * 60_000L)) * factor, Cost(Usage(await api.SayAsync("Hello"))));
        foreach (var route in new[] { "/models", "/language-models" })
        {
            var list = (await api.SendAsync(HttpMethod.Get, route)).Json.EnumerateObject().Last().Value;
            Assert.Equal(threshold, list[0].GetProperty("long_context_threshold").GetInt32());
        }
    }

    [Theory]
    [InlineData(1, null, null, true)]
    [InlineData(3, null, null, false)]
    [InlineData(3, "a", "a", true)]
    [InlineData(3, "a", "c", false)]
    [InlineData(3, "a", null, false)]
    public async Task Cache_key_leads_to_the_server_that_has_the_prefix(int servers, string? first, string? second, bool isCached)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { CacheServers = servers, CachedTokenStep = 1 });
        var response = await api.SayAsync("One two three four", more: Key(first));
        var usage = Usage(await api.SayAsync("Hello", Api.IdOf(response), more: Key(second)));
        Assert.Equal(isCached, usage.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32() > 0);

        static string Key(string? key) => key is null ? "" : $",\"prompt_cache_key\":\"{key}\"";
    }

    [Fact]
    public async Task Requests_without_a_cache_key_reach_the_servers_in_turn()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { CacheServers = 3, CachedTokenStep = 1 });
        List<bool> cached = [];
        for (var i = 0; i < 5; i++)
        {
            cached.Add(Usage(await api.SayAsync("One two three four")).GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32() > 0);
        }

        Assert.Equal([false, false, false, true, true], cached);
    }

    private static long Cost(JsonElement usage) => usage.GetProperty("cost_in_usd_ticks").GetInt64();

    private static int Context(JsonElement usage, string name) => usage.GetProperty("context_details").GetProperty(name).GetInt32();
}
