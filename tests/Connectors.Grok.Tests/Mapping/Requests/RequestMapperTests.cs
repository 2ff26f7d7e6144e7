using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>The members of ChatOptions, rules among tools, and the reasoning efforts of models.</summary>
public class RequestMapperTests
{
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    private async Task<JsonObject> Body(ChatOptions options, Action<GrokChatClientOptions>? configure = null)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), o =>
        {
            o.LoggerFactory = _log;
            configure?.Invoke(o);
        });
        await client.GetResponseAsync("q", options);
        return _handler.LastJson;
    }

    private async Task Refused<T>(ChatOptions options, string word)
        where T : Exception
    {
        var e = await Assert.ThrowsAsync<T>(() => Body(options));
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    private static AITool Function(string name) => AIFunctionFactory.CreateDeclaration(name, null, JsonDocument.Parse("{}").RootElement);

    [Fact]
    public async Task Every_supported_option_is_sent_with_its_exact_value()
    {
        var body = await Body(new ChatOptions { ModelId = "grok-4.6", MaxOutputTokens = 1, Temperature = 0.7f, TopP = 0.95f, TopK = 40, Seed = long.MaxValue, AllowMultipleToolCalls = true, ToolMode = ChatToolMode.Auto });
        body.Remove("input");
        body.Remove("prompt_cache_key");
        Assert.Equal("""{"model":"grok-4.6","stream":true,"max_output_tokens":1,"temperature":0.7,"top_p":0.95,"top_k":40,"seed":9223372036854775807}""", body.ToJsonString());
        Assert.Empty(_log.Lines);
    }

    /// <summary>Invalid options, and the member that the exception names.</summary>
    public static TheoryData<string, int?, float?, float?> OutOfRange => new()
    {
        { "MaxOutputTokens", 0, null, null },
        { "MaxOutputTokens", -1, null, null },
        { "Temperature", null, -0.1f, null },
        { "Temperature", null, 2.1f, null },
        { "Temperature", null, float.NaN, null },
        { "TopP", null, null, 0 },
        { "TopP", null, null, 1.1f },
        { "TopP", null, null, float.NaN },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task Option_member_out_of_range_throws_with_its_name(string member, int? tokens, float? temperature, float? topP)
    {
        await Refused<ArgumentException>(new ChatOptions { MaxOutputTokens = tokens, Temperature = temperature, TopP = topP }, $"ChatOptions.{member}");
    }

    [Fact]
    public async Task Option_members_at_their_bounds_are_sent()
    {
        Assert.Equal("2", (await Body(new ChatOptions { Temperature = 2, TopP = 1 }))["temperature"]!.ToJsonString());
        Assert.Equal("0", (await Body(new ChatOptions { Temperature = 0 }))["temperature"]!.ToJsonString());
    }

    [Fact]
    public async Task TopK_below_1_throws()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(nameof(ChatOptions.TopK), () => Body(new ChatOptions { TopK = 0 }));
        Assert.StartsWith("ChatOptions.TopK must be at least 1.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContinuationToken_throws() =>
        await Refused<NotSupportedException>(new ChatOptions { ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }) }, "ContinuationToken");

    [Fact]
    public async Task Raw_representation_of_another_type_is_dropped_and_logged()
    {
        await Body(new ChatOptions { RawRepresentationFactory = static _ => "raw" });
        Assert.Contains("RawRepresentationFactory", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_input_items_are_sent_before_the_messages()
    {
        var body = await Body(new ChatOptions { RawRepresentationFactory = static _ => new CreateResponseRequest { Input = [new FunctionCallOutputItem { CallId = "c", Output = new("r") }] } });
        Assert.Equal(["function_call_output", "message"], body["input"]!.AsArray().Select(static i => (string?)i!["type"]));
    }

    /// <summary>A tool mode, and the tool choice that is sent with a function.</summary>
    public static TheoryData<string, string?> Modes => new() { { "null", null }, { "auto", "\"auto\"" }, { "none", "\"none\"" }, { "any", "\"required\"" }, { "f", """{"type":"function","name":"f"}""" } };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Tool_mode_is_sent_with_tools(string mode, string? sent)
    {
        var body = await Body(new ChatOptions { Tools = [Function("f")], ToolMode = Mode(mode) });
        Assert.Equal(sent, body["tool_choice"]?.ToJsonString());
        Assert.Single(body["tools"]!.AsArray());
    }

    [Theory]
    [InlineData("auto", 0)]
    [InlineData("none", 0)]
    [InlineData("any", 1)]
    public async Task Tool_mode_without_tools_is_not_sent_and_a_required_one_is_logged(string mode, int lines)
    {
        Assert.False((await Body(new ChatOptions { Tools = [], ToolMode = Mode(mode) })).ContainsKey("tool_choice"));
        Assert.Equal(lines, _log.Lines.Count);
    }

    private static ChatToolMode? Mode(string mode) => mode switch
    {
        "null" => null,
        "auto" => ChatToolMode.Auto,
        "none" => ChatToolMode.None,
        "any" => ChatToolMode.RequireAny,
        _ => ChatToolMode.RequireSpecific(mode),
    };

    [Fact]
    public async Task Required_function_must_be_among_the_tools()
    {
        await Refused<ArgumentException>(new ChatOptions { Tools = [Function("f"), Function("g")], ToolMode = ChatToolMode.RequireSpecific("h") }, "'h', which is not among the tools (f, g)");
        await Refused<ArgumentException>(new ChatOptions { ToolMode = ChatToolMode.RequireSpecific("h") }, "there are none");
        var json = JsonDocument.Parse("""{"type":"function","name":"h"}""").RootElement;
        var body = await Body(new ChatOptions { ToolMode = ChatToolMode.RequireSpecific("h"), AdditionalProperties = new() { ["tools"] = new object[] { json } } });
        Assert.Equal("h", (string?)body["tool_choice"]!["name"]);
    }

    [Fact]
    public async Task Duplicate_function_name_throws() =>
        await Refused<ArgumentException>(new ChatOptions { Tools = [Function("f"), Function("g"), Function("f")] }, "'f'");

    /// <summary>Model, requested effort, sent effort.</summary>
    public static TheoryData<string, ReasoningEffort, string?> Efforts => new()
    {
        { "grok-4.5", ReasoningEffort.ExtraHigh, "xhigh" },
        { "grok-4.5-latest", ReasoningEffort.None, null },
        { "grok-4", ReasoningEffort.Low, null },
        { "grok-3-mini", ReasoningEffort.Medium, null },
        { "grok-9", ReasoningEffort.None, "none" },
        { "grok-5", ReasoningEffort.High, "high" },
        { "grok-5-mini", ReasoningEffort.High, null },
        { "GROK-5-MINI-2", ReasoningEffort.Low, "low" },
        { "grok-4.3-mine", ReasoningEffort.High, null },
        { "grok-4.3", ReasoningEffort.High, "high" },
    };

    [Theory]
    [MemberData(nameof(Efforts))]
    public async Task Reasoning_effort_is_sent_by_the_users_table_or_the_built_in_one(string model, ReasoningEffort effort, string? sent)
    {
        var body = await Body(new ChatOptions { ModelId = model, Reasoning = new() { Effort = effort } }, static o =>
        {
            o.ReasoningEfforts["grok-5"] = ["high"];
            o.ReasoningEfforts["grok-5-mini"] = ["low"];
            o.ReasoningEfforts["grok-4.3-mine"] = [];
        });
        Assert.Equal(sent, (string?)body["reasoning"]?["effort"]);
        Assert.Equal(sent is null ? 1 : 0, _log.Lines.Count);
    }

    [Fact]
    public async Task Unsupported_effort_is_dropped_alone_and_throws_when_strict()
    {
        var options = new ChatOptions { ModelId = "grok-4", Reasoning = new() { Effort = ReasoningEffort.High, Output = ReasoningOutput.Full } };
        Assert.Equal("""{"summary":"detailed"}""", (await Body(options))["reasoning"]!.ToJsonString());
        options.AdditionalProperties = new() { ["strict_options"] = true };
        await Assert.ThrowsAsync<NotSupportedException>(() => Body(options));
        // The effort of a raw request is not checked.
        options.RawRepresentationFactory = static _ => new CreateResponseRequest { Reasoning = new() { Effort = "max" } };
        Assert.Equal("""{"effort":"max","summary":"detailed"}""", (await Body(options))["reasoning"]!.ToJsonString());
    }

    [Fact]
    public async Task Reasoning_effort_of_the_member_wins_over_the_key()
    {
        var options = new ChatOptions { Reasoning = new() { Output = ReasoningOutput.Summary }, AdditionalProperties = new() { ["reasoning_effort"] = "medium" } };
        Assert.Equal("""{"effort":"medium","summary":"concise"}""", (await Body(options))["reasoning"]!.ToJsonString());
        options.Reasoning.Effort = ReasoningEffort.Low;
        Assert.Equal("low", (string?)(await Body(options))["reasoning"]!["effort"]);
        await Assert.ThrowsAsync<ArgumentException>(() => Body(new ChatOptions { Reasoning = new() { Effort = (ReasoningEffort)99 } }));
    }

    [Fact]
    public async Task Reasoning_output_None_is_dropped_and_logged()
    {
        Assert.False((await Body(new ChatOptions { Reasoning = new() { Output = ReasoningOutput.None } })).ContainsKey("reasoning"));
        Assert.Contains("Reasoning.Output", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_reasoning_efforts_table_throws()
    {
        foreach (var (prefix, efforts) in new (string, IReadOnlyList<string>?)[] { (" ", ["low"]), ("grok-5", null), ("grok-5", ["max"]), ("grok-5", ["Low"]) })
        {
            var options = new GrokChatClientOptions { Endpoint = Some.Endpoint };
            options.ReasoningEfforts[prefix] = efforts!;
            Assert.Equal("ReasoningEfforts", Assert.Throws<ArgumentException>(options.Validate).ParamName);
        }
    }

    [Fact]
    public async Task Reasoning_efforts_table_changed_later_has_no_effect()
    {
        List<string> efforts = ["low"];
        GrokChatClientOptions? kept = null;
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), o => (kept = o).ReasoningEfforts["grok-5"] = efforts);
        efforts.Clear();
        kept!.ReasoningEfforts.Clear();
        await client.GetResponseAsync("q", new ChatOptions { ModelId = "grok-5", Reasoning = new() { Effort = ReasoningEffort.Low } });
        Assert.Equal("low", (string?)_handler.LastJson["reasoning"]?["effort"]);
    }
}
