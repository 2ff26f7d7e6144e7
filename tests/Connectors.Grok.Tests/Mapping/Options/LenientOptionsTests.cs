using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

public class LenientOptionsTests
{
    private readonly StubHandler _handler = new();

    private async Task<JsonObject> Body(ChatOptions options, Action<GrokChatClientOptions>? configure = null)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), configure);
        await client.GetResponseAsync("q", options);
        return _handler.LastJson;
    }

    private Task<JsonObject> Body(params (string Key, object? Value)[] keys) =>
        Body(new ChatOptions { AdditionalProperties = new(keys.Select(static k => KeyValuePair.Create(k.Key, k.Value))) });

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static IEnumerable<object?> Lazy(params object?[] items) => items.Select(static i => i);

    /// <summary>Key, value, the member that is sent, as JSON.</summary>
    public static TheoryData<string, object?, string, string?> Keys => new()
    {
        { "previous_response_id", "r-1", "previous_response_id", "\"r-1\"" },
        { "conversation_id", "r-1", "previous_response_id", "\"r-1\"" },
        { "conversation_id", " ", "previous_response_id", null },
        { "conversation_id", "_agent_local_chat_history", "previous_response_id", null },
        { "store", false, "store", "false" },
        { "store", "True", "store", "true" },
        { "STORE", Json("false"), "store", "false" },
        { "store", Json("\"true\""), "store", "true" },
        { "store", null, "store", null },
        { "store", Json("null"), "store", null },
        { "store", default(JsonElement), "store", null },
        { "include", "a", "include", """["a"]""" },
        { "include", new[] { "a", "b" }, "include", """["a","b"]""" },
        { "include", Lazy("a", Json("\"b\"")), "include", """["a","b"]""" },
        { "include", Json("""["a"]"""), "include", """["a"]""" },
        { "include", Array.Empty<string>(), "include", null },
        { "user", "u", "user", "\"u\"" },
        { "user", 7, "user", "\"7\"" },
        { "user", JsonValue.Create("u"), "user", "\"u\"" },
        { "prompt_cache_key", "k", "prompt_cache_key", "\"k\"" },
        { "max_output_tokens", 7, "max_output_tokens", "7" },
        { "max_output_tokens", 7.0, "max_output_tokens", "7" },
        { "max_output_tokens", "7", "max_output_tokens", "7" },
        { "max_output_tokens", Json("7.0"), "max_output_tokens", "7" },
        { "max_output_tokens", "", "max_output_tokens", null },
        { "max_turns", 2L, "max_turns", "2" },
        { "instructions", "Be brief.", "instructions", null },
        { "service_tier", "priority", "service_tier", "\"priority\"" },
        { "stream_tool_calls", "true", "stream_tool_calls", "true" },
        { "top_k", 40.0, "top_k", "40" },
        { "seed", "9223372036854775807", "seed", "9223372036854775807" },
        { "logprobs", "true", "logprobs", "true" },
        { "top_logprobs", 3.0, "top_logprobs", "3" },
        { "safety_identifier", "s", "safety_identifier", "\"s\"" },
        { "min_p", "0.5", "min_p", "0.5" },
        { "guidelines", "nsfw", "guidelines", """[{"type":"policy","category":"nsfw","behavior":"decline"}]""" },
        { "guidelines", new List<object?> { "nsfw", new Dictionary<string, object?> { ["category"] = "violence" } }, "guidelines", """[{"type":"policy","category":"nsfw","behavior":"decline"},{"type":"policy","category":"violence","behavior":"decline"}]""" },
        { "guidelines", Json("""[{"type":"rule","category":"nsfw","behavior":"allow","future":1}]"""), "guidelines", """[{"type":"rule","category":"nsfw","behavior":"allow","future":1}]""" },
        { "guidelines", Array.Empty<string>(), "guidelines", null },
        { "reasoning_effort", "minimal", "reasoning", """{"effort":"low"}""" },
        { "reasoning_effort", " XHigh ", "reasoning", """{"effort":"xhigh"}""" },
        { "reasoning_effort", ReasoningEffort.ExtraHigh, "reasoning", """{"effort":"xhigh"}""" },
        { "reasoning", Json("""{"effort":"high","summary":"auto"}"""), "reasoning", """{"effort":"high","summary":"auto"}""" },
        { "reasoning", new Dictionary<string, object?> { ["effort"] = "low" }, "reasoning", """{"effort":"low"}""" },
        { "reasoning", new Dictionary<string, string> { ["summary"] = "auto" }, "reasoning", """{"summary":"auto"}""" },
        { "reasoning", new JsonObject(), "reasoning", null },
        { "unknown", new object(), "unknown", null },
        { "tools", null, "tools", null },
        { "tools", Json("""[{"type":"x_search"}]"""), "tools", """[{"type":"x_search"}]""" },
        { "tools", Json("null"), "tools", null },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Options_key_is_read_from_every_value_type(string key, object? value, string member, string? sent) =>
        Assert.Equal(sent, (await Body((key, value)))[member]?.ToJsonString());

    /// <summary>Keys with values of a wrong type or out of range.</summary>
    public static TheoryData<string, object> Wrong => new()
    {
        { "store", "yes" },
        { "store", 1 },
        { "strict_options", "perhaps" },
        { "strict", 7 },
        { "include", 7 },
        { "include", new object?[] { "a", 7 } },
        { "user", true },
        { "max_output_tokens", 0 },
        { "max_output_tokens", 1.5 },
        { "max_output_tokens", "many" },
        { "max_output_tokens", 3_000_000_000 },
        { "max_output_tokens", double.NaN },
        { "max_turns", -1 },
        { "top_k", -1 },
        { "top_k", 0 },
        { "min_p", 2 },
        { "guidelines", 7 },
        { "guidelines", new object?[] { new Dictionary<string, object?> { ["behavior"] = "decline" } } },
        { "guidelines", new object?[] { "" } },
        { "reasoning", "high" },
        { "reasoning_effort", "max" },
        { "tools", "web_search" },
        { "tools", Json("{}") },
        { "tools", new object?[] { 7 } },
        { "tools", new object?[] { null } },
        { "extra_body", "x" },
        { "extra_body", new Dictionary<string, object?> { ["input"] = "x" } },
        { "extra_body", new Dictionary<string, object?> { ["Stream"] = true } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Unreadable_options_value_throws_with_its_key(string key, object value)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Body((key, value)));
        Assert.Contains($"AdditionalProperties[\"{key}\"]", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Theory]
    [InlineData("""{"effort":"max"}""", "reasoning.effort")]
    [InlineData("""{"summary":[]}""", "reasoning.summary")]
    public async Task Unreadable_nested_value_throws_with_its_path(string reasoning, string name)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Body(("reasoning", Json(reasoning))));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cyclic_or_unserializable_options_value_throws()
    {
        var self = new List<object?>();
        self.Add(self);
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Body(("include", self)));
        Assert.IsType<InvalidOperationException>(e.InnerException);
        await Assert.ThrowsAsync<ArgumentException>(() => Body(("user", new Lazy<int>())));
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("search_parameters")]
    [InlineData("max_tool_calls")]
    public async Task Unsupported_additional_property_is_dropped_and_logged_or_throws_with_strict_options(string key)
    {
        var log = new ListLogger();
        var options = new ChatOptions { AdditionalProperties = new() { [key] = Json("{}") } };
        Assert.False((await Body(options, o => o.LoggerFactory = log)).ContainsKey(key));
        Assert.Contains(log.Lines, l => l.Contains(key, StringComparison.Ordinal));
        options.AdditionalProperties["strict_options"] = "true";
        await Assert.ThrowsAsync<NotSupportedException>(() => Body(options));
        Assert.Single(_handler.Requests);
    }

    public static TheoryData<string, object, string> Unknown => new()
    {
        { "mood", 1, "AdditionalProperties[\"mood\"]" },
        { "temperature", 0.5, "AdditionalProperties[\"temperature\"]" },
        { "text", Json("""{"verbosity":"low"}"""), "AdditionalProperties[\"text.verbosity\"]" },
        { "reasoning", Json("""{"effort":"high","generate_summary":"auto"}"""), "AdditionalProperties[\"reasoning.generate_summary\"]" },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public async Task Unknown_additional_property_is_dropped_and_logged_once_or_throws_with_strict_options(string key, object value, string words)
    {
        var log = new ListLogger();
        var options = new ChatOptions { AdditionalProperties = new() { [key] = value, ["store"] = true, ["nothing"] = null, ["grok.mine"] = 1 } };
        Assert.False((await Body(options, o => o.LoggerFactory = log)).ContainsKey(key == "reasoning" ? "x" : key));
        Assert.Equal($"Dropped {words}: xAI's Responses API does not support it. Logged once per client.", Assert.Single(log.Lines));
        options.AdditionalProperties["strict_options"] = true;
        Assert.Contains(words, (await Assert.ThrowsAsync<NotSupportedException>(() => Body(options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extra_body_keeps_unknown_members_of_reasoning_and_text()
    {
        var log = new ListLogger();
        var body = await Body(
            new ChatOptions { AdditionalProperties = new() { ["extra_body"] = Json("""{"reasoning":{"effort":"high","generate_summary":"auto"},"text":{"verbosity":"low","format":{"type":"text"}}}""") } },
            o => o.LoggerFactory = log);
        Assert.Equal("""{"effort":"high","generate_summary":"auto"}""", body["reasoning"]!.ToJsonString());
        Assert.Equal("""{"format":{"type":"text"},"verbosity":"low"}""", body["text"]!.ToJsonString());
        body = await Body(
            new ChatOptions { ResponseFormat = ChatResponseFormat.Json, AdditionalProperties = new() { ["extra_body"] = Json("""{"text":{"verbosity":"low"}}""") } },
            o => o.LoggerFactory = log);
        Assert.Equal("""{"format":{"type":"json_object"},"verbosity":"low"}""", body["text"]!.ToJsonString());
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Instructions_key_is_used_when_the_options_have_none()
    {
        Assert.Equal("Key.", (string?)(await Body(("instructions", "Key.")))["input"]![0]!["content"]![0]!["text"]);
        var body = await Body(new ChatOptions { Instructions = "Member.", AdditionalProperties = new() { ["instructions"] = "Key." } });
        Assert.Equal("""[{"type":"input_text","text":"Member."}]""", body["input"]![0]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task Tools_key_adds_to_the_tools_of_the_options()
    {
        AITool Function(string name) => AIFunctionFactory.CreateDeclaration(name, null, Json("{}"));
        var body = await Body(new ChatOptions
        {
            Tools = [Function("a")],
            RawRepresentationFactory = static _ => new CreateResponseRequest { Tools = [new FunctionTool { Name = "raw" }] },
            AdditionalProperties = new()
            {
                ["tools"] = Lazy(Function("b"), Json("""{"type":"web_search"}"""), new Dictionary<string, object?> { ["name"] = "odd" }),
                ["parallel_tool_calls"] = "false",
            },
        });
        Assert.Equal(["raw", "a", "b", null, "odd"], body["tools"]!.AsArray().Select(static t => (string?)t!["name"]));
        Assert.Equal("web_search", (string?)body["tools"]![3]!["type"]);
        Assert.False((bool?)body["parallel_tool_calls"]);
    }

    [Fact]
    public async Task Extra_body_wins_over_raw_request_members_keys_and_client_defaults_in_this_order()
    {
        var options = new ChatOptions { AdditionalProperties = new() { ["store"] = true, ["max_output_tokens"] = 3, ["previous_response_id"] = "key", ["seed"] = 3, ["logprobs"] = true, ["top_logprobs"] = 2 } };
        static void Defaults(GrokChatClientOptions o) => o.Store = false;
        var body = await Body(options, Defaults);
        Assert.Equal(("true", "3", "key", "3"), Four(body));

        options.MaxOutputTokens = 2;
        options.Seed = 2;
        options.ConversationId = "member";
        Assert.Equal(("true", "2", "member", "2"), Four(await Body(options, Defaults)));

        options.ConversationId = null;
        options.RawRepresentationFactory = static _ => new CreateResponseRequest { MaxOutputTokens = 1, PreviousResponseId = "raw", AdditionalMembers = new Dictionary<string, JsonElement> { ["logprobs"] = Json("false") } };
        body = await Body(options, Defaults);
        Assert.Equal(("true", "1", "raw", "2"), Four(body));
        Assert.Equal(("false", "2"), (body["logprobs"]!.ToJsonString(), body["top_logprobs"]!.ToJsonString()));

        options.RawRepresentationFactory = static _ => new CreateResponseRequest { PreviousResponseId = "" };
        Assert.Equal("key", (string?)(await Body(options, Defaults))["previous_response_id"]);

        options.AdditionalProperties["extra_body"] = Json("""{"max_output_tokens":9,"previous_response_id":"body"}""");
        Assert.Equal(("true", "9", "body", "2"), Four(await Body(options, Defaults)));
        options.ConversationId = "member";
        Assert.Equal(("true", "9", "member", "2"), Four(await Body(options, Defaults)));

        static (string?, string?, string?, string?) Four(JsonObject b) =>
            (b["store"]?.ToJsonString(), b["max_output_tokens"]?.ToJsonString(), (string?)b["previous_response_id"], b["seed"]?.ToJsonString());
    }

    [Fact]
    public async Task Options_keys_follow_the_rules_of_state()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Body(("store", false), ("conversation_id", "r-1")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Body(("extra_body", Json("""{"store":false,"previous_response_id":"r-1"}"""))));
        var body = await Body(("store", "false"), ("include", "no_inline_citations"));
        Assert.Equal("""["no_inline_citations","reasoning.encrypted_content"]""", body["include"]!.ToJsonString());
    }

    [Fact]
    public async Task Extra_body_is_applied_last_and_keeps_unknown_members()
    {
        var body = await Body(new ChatOptions
        {
            ModelId = "grok-4.6",
            Temperature = 0.7f,
            Reasoning = new() { Effort = ReasoningEffort.High, Output = ReasoningOutput.Summary },
            Tools = [AIFunctionFactory.CreateDeclaration("f", null, Json("{}"))],
            AdditionalProperties = new()
            {
                ["user"] = "key",
                ["extra_body"] = new Dictionary<string, object?>
                {
                    ["model"] = "grok-4.3",
                    ["Temperature"] = "0.2",
                    ["top_p"] = 0.5,
                    ["tool_choice"] = "required",
                    ["user"] = "body",
                    ["reasoning"] = new Dictionary<string, object?> { ["effort"] = "xhigh" },
                    ["metadata"] = new Dictionary<string, object?>(),
                    ["min_p"] = 0.1,
                    ["nothing"] = null,
                },
            },
        });
        body.Remove("input");
        body.Remove("tools");
        body.Remove("prompt_cache_key");
        Assert.Equal(
            """{"model":"grok-4.3","stream":true,"tool_choice":"required","reasoning":{"effort":"xhigh","summary":"concise"},"temperature":0.2,"top_p":0.5,"user":"body","min_p":0.1,"nothing":null}""",
            body.ToJsonString());
    }

    [Fact]
    public async Task Extra_body_accepts_a_tool_choice_object()
    {
        var body = await Body(("tools", Lazy(Json("""{"type":"web_search"}"""))), ("extra_body", Json("""{"tool_choice":{"type":"allowed_tools"}}""")));
        Assert.Equal("""{"type":"allowed_tools"}""", body["tool_choice"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"temperature":3}""", "extra_body.temperature")]
    [InlineData("""{"top_p":0}""", "extra_body.top_p")]
    [InlineData("""{"tool_choice":[]}""", "extra_body.tool_choice")]
    public async Task Extra_body_member_out_of_range_throws_with_its_path(string extra, string name)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Body(("extra_body", Json(extra))));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Otherwise the request could contain the member twice.</summary>
    [Fact]
    public void Extra_body_reads_or_rejects_every_request_member()
    {
        foreach (var property in Connectors.Grok.Serialization.WireJson.Context.CreateResponseRequest.Properties.Where(static p => !p.IsExtensionData && p.Get is not null && p.Name != "additional_members"))
        {
            var lenient = new LenientOptions(new ChatOptions { AdditionalProperties = new() { ["extra_body"] = new JsonObject { [property.Name] = null } } });
            try
            {
                Assert.Null(lenient.ToBody(new MappingDiagnostics(isStrict: false, dropsContent: false)).AdditionalMembers);
            }
            catch (ArgumentException)
            {
                Assert.Contains(property.Name, (string[])["input", "stream"]);
            }
        }
    }
}
