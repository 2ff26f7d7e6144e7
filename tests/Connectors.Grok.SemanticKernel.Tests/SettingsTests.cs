using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Settings from code and JSON, frozen and cloned settings, and the requests that they produce.</summary>
public sealed class SettingsTests : KernelTest
{
    private const string Json = """
        {
          "service_id": "s", "model_id": "grok-4.3", "temperature": 0.5, "top_p": "0.25", "top_k": 7, "max_tokens": 100, "seed": 12345678901, "stop_sequences": ["a"],
          "frequency_penalty": 0.5, "presence_penalty": 0.25, "reasoning_effort": "low", "chat_system_prompt": "Be brief.", "conversation_id": "c",
          "previous_response_id": "p", "store": "true", "include": ["reasoning.encrypted_content"], "user": "u", "prompt_cache_key": "k", "service_tier": "default",
          "max_turns": 3, "parallel_tool_calls": false, "strict": true, "strict_options": false, "extra_body": { "x": 1 }, "response_format": "json_object",
          "tools": ["x_search", { "type": "web_search", "allowed_domains": "a.example", "enable_image_search": "true" }]
        }
        """;

    [Fact]
    public void Settings_round_trip_through_json_with_well_known_names()
    {
        var settings = JsonSerializer.Deserialize<GrokPromptExecutionSettings>(Json)!;
        Check(settings);
        Check(JsonSerializer.Deserialize<GrokPromptExecutionSettings>(JsonSerializer.Serialize(settings))!);
        Check(GrokPromptExecutionSettings.FromExecutionSettings(JsonSerializer.Deserialize<PromptExecutionSettings>(Json)));
        Check((GrokPromptExecutionSettings)settings.Clone());
    }

    [Fact]
    public void Settings_from_code_equal_settings_from_json()
    {
        var settings = new GrokPromptExecutionSettings
        {
            ServiceId = "s",
            ModelId = "grok-4.3",
            Temperature = 0.5,
            TopP = 0.25,
            TopK = 7,
            MaxTokens = 100,
            Seed = 12345678901,
            StopSequences = ["a"],
            FrequencyPenalty = 0.5,
            PresencePenalty = 0.25,
            ReasoningEffort = "low",
            ChatSystemPrompt = "Be brief.",
            ConversationId = "c",
            PreviousResponseId = "p",
            Store = true,
            Include = ["reasoning.encrypted_content"],
            User = "u",
            PromptCacheKey = "k",
            ServiceTier = "default",
            MaxTurns = 3,
            ParallelToolCalls = false,
            StrictTools = true,
            StrictOptions = false,
            ExtraBody = new Dictionary<string, object?> { ["x"] = 1 },
            ResponseFormat = "json_object",
            Tools = [new GrokXSearchTool(), new HostedWebSearchTool()],
        };
        Check(settings);
        var json = JsonSerializer.SerializeToElement(settings);
        foreach (var member in JsonDocument.Parse(Json).RootElement.EnumerateObject().Where(static m => m.Name is not ("tools" or "top_p" or "store")))
        {
            Assert.True(JsonElement.DeepEquals(member.Value, json.GetProperty(member.Name)), member.Name);
        }
    }

    [Fact]
    public void Empty_settings_have_no_extension_data()
    {
        var settings = GrokPromptExecutionSettings.FromExecutionSettings(null);
        Assert.Null(settings.ExtensionData);
        Assert.Null(settings.Tools);
        Assert.Null(settings.ExtraBody);
        Assert.Null(settings.ResponseFormat);
        Assert.Same(settings, GrokPromptExecutionSettings.FromExecutionSettings(settings));
        settings.Temperature = 1;
        settings.Temperature = null;
        Assert.Empty(settings.ExtensionData!);
    }

    [Fact]
    public void Frozen_settings_reject_changes_and_their_clone_accepts_them()
    {
        var settings = new GrokPromptExecutionSettings { Temperature = 0.5, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), ConfigureOptions = static _ => { } };
        settings.Freeze();
        Assert.Throws<InvalidOperationException>(() => settings.Temperature = 1);
        Assert.Throws<InvalidOperationException>(() => settings.Tools = []);
        Assert.Throws<InvalidOperationException>(() => settings.ResponseFormat = "text");
        Assert.Throws<InvalidOperationException>(() => settings.ConfigureOptions = null);
        Assert.Throws<NotSupportedException>(() => settings.ExtensionData!.Clear());
        var copy = (GrokPromptExecutionSettings)settings.Clone();
        copy.Temperature = 1;
        Assert.Equal(0.5, settings.Temperature);
        Assert.Same(settings.FunctionChoiceBehavior, copy.FunctionChoiceBehavior);
        Assert.Same(settings.ConfigureOptions, copy.ConfigureOptions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_settings_are_sent(bool isClientAlone)
    {
        var settings = JsonSerializer.Deserialize<GrokPromptExecutionSettings>(Json)!;
        (settings.ServiceId, settings.ConversationId, settings.PreviousResponseId) = (null, null, null);
        settings.ConfigureOptions = static o => o.MaxOutputTokens = 200;
        var alone = Kernel.CreateBuilder();
        alone.Services.AddGrokChatClient(o => (o.ApiKey, o.Endpoint, o.MaxRetries) = ("xai-test", Emulator.BaseAddress, 0)).ForSemanticKernel();
        var kernel = isClientAlone ? alone.Build() : Integration.Package.Kernel(Client());
        await kernel.InvokePromptAsync("Hello.", new(settings));
        var sent = Requests[0].Json!.Value;
        (string Name, string Value)[] expected =
        [
            ("model", "\"grok-4.3\""), ("temperature", "0.5"), ("top_p", "0.25"), ("top_k", "7"), ("max_output_tokens", "200"), ("seed", "12345678901"),
            ("reasoning", """{"effort":"low"}"""), ("store", "true"), ("include", """["reasoning.encrypted_content"]"""), ("user", "\"u\""), ("prompt_cache_key", "\"k\""),
            ("service_tier", "\"default\""), ("max_turns", "3"), ("parallel_tool_calls", "false"), ("x", "1"), ("text", """{"format":{"type":"json_object"}}"""),
            ("tools", """[{"type":"x_search"},{"type":"web_search","allowed_domains":["a.example"],"enable_image_search":true}]"""),
        ];
        foreach (var (name, value) in expected)
        {
            Assert.True(sent.TryGetProperty(name, out var member) && JsonElement.DeepEquals(JsonDocument.Parse(value).RootElement, member), $"{name} in {sent}");
        }

        Assert.Equal("system", Requests[0].Items[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task System_prompt_of_the_history_overrides_the_settings()
    {
        var history = new ChatHistory("From the history.");
        history.AddUserMessage("Hello.");
        await Integration.Package.Chat(Integration.Package.Kernel(Client())).GetChatMessageContentAsync(history, new GrokPromptExecutionSettings { ChatSystemPrompt = "From the settings." });
        Assert.DoesNotContain("From the settings.", Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explicit_conversation_id_continues_from_its_response()
    {
        var chat = Integration.Package.Chat(Integration.Package.Kernel(Client()));
        var first = await chat.GetChatMessageContentAsync("My name is Alice. Remember this.");
        var settings = new GrokPromptExecutionSettings { ConversationId = (string)first.Metadata![GrokMetadataKeys.Id]! };
        Assert.Contains("Alice", (await chat.GetChatMessageContentAsync("What's my name?", settings)).Content, StringComparison.Ordinal);
        Assert.Equal(Wire.Ids[0], Requests[1].PreviousResponseId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Explicit_conversation_id_is_kept_through_the_function_loop(bool isStreamed)
    {
        var kernel = Integration.Package.Kernel(Client(), new My_Weather());
        var chat = Integration.Package.Chat(kernel);
        var first = await chat.GetChatMessageContentAsync("My name is Alice. Remember this.");
        var settings = new GrokPromptExecutionSettings { ConversationId = (string)first.Metadata![GrokMetadataKeys.Id]!, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        await SendAsync(chat, [], "What is the weather in Oslo?", isStreamed, settings, kernel);
        Assert.Equal(3, Requests.Count);
        Requests[1].ShouldContinue(Wire.Ids[0]).ShouldSend("user");
        Requests[2].ShouldContinue(Wire.Ids[0]).ShouldSend("user", "function_call", "function_call_output");
    }

    [Theory]
    [InlineData("text", "text")]
    [InlineData("json_object", "json_object")]
    [InlineData("type", "json_schema")]
    [InlineData("format", "json_schema")]
    [InlineData("schema", "json_schema")]
    public async Task Response_format_accepts_text_type_format_and_schema(string kind, string type)
    {
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;
        var settings = new GrokPromptExecutionSettings
        {
            ResponseFormat = kind switch
            {
                "type" => typeof(LossTests.Place),
                "format" => ChatResponseFormat.ForJsonSchema(schema, "Place"),
                "schema" => schema,
                _ => kind,
            },
        };
        await Integration.Package.Kernel(Client()).InvokePromptAsync("I live in Oslo.", new(settings));
        var format = Requests[0].Json!.Value.GetProperty("text").GetProperty("format");
        Assert.Equal(type, format.GetProperty("type").GetString());
        Assert.Equal(type == "json_schema", format.TryGetProperty("schema", out var sent) && sent.GetProperty("properties").TryGetProperty("city", out _));
    }

    [Fact]
    public void Response_format_of_another_type_throws_kernel_exception() =>
        Assert.Throws<KernelException>(() => new GrokPromptExecutionSettings { ResponseFormat = 7 });

    private static void Check(GrokPromptExecutionSettings settings)
    {
        Assert.Equal(("s", "grok-4.3", 0.5, 0.25, 7, 100), (settings.ServiceId, settings.ModelId, settings.Temperature, settings.TopP, settings.TopK, settings.MaxTokens));
        Assert.Equal((12345678901, 0.5, 0.25, "low"), (settings.Seed, settings.FrequencyPenalty, settings.PresencePenalty, settings.ReasoningEffort));
        Assert.Equal(("Be brief.", "c", "p", true), (settings.ChatSystemPrompt, settings.ConversationId, settings.PreviousResponseId, settings.Store));
        Assert.Equal(("u", "k", "default", 3), (settings.User, settings.PromptCacheKey, settings.ServiceTier, settings.MaxTurns));
        Assert.Equal((false, true, false), (settings.ParallelToolCalls, settings.StrictTools, settings.StrictOptions));
        Assert.Equal(["a"], settings.StopSequences!);
        Assert.Equal(["reasoning.encrypted_content"], settings.Include!);
        Assert.Equal("1", settings.ExtraBody!["x"]!.ToString());
        Assert.Equal("json_object", settings.ResponseFormat!.ToString());
        Assert.Equal(["x_search", "web_search"], settings.Tools!.Select(static t => t.Name));
    }
}
