using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Prompt execution settings for Grok, under the names that Semantic Kernel's prompt files and other connectors use.</summary>
/// <remarks>
/// The properties read and write <see cref="PromptExecutionSettings.ExtensionData"/>, so plain settings with the same names are equivalent,
/// whether they come from code, from JSON, or from YAML, where every value is text. Reading a value of the wrong type throws a
/// <see cref="KernelException"/>. Names without a property are also passed to the connector, which supports more of them (<see cref="GrokKeys"/>).
/// Setting a property of frozen settings throws an <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed partial class GrokPromptExecutionSettings : PromptExecutionSettings
{
    /// <summary>The sampling temperature, 0 to 2. <c>temperature</c>.</summary>
    [JsonIgnore]
    public double? Temperature { get => Number("temperature"); set => Set("temperature", value); }

    /// <summary>The probability mass of nucleus sampling, above 0 and at most 1. <c>top_p</c>.</summary>
    [JsonIgnore]
    public double? TopP { get => Number("top_p"); set => Set("top_p", value); }

    /// <summary>The number of candidate tokens of top-k sampling. <c>top_k</c>.</summary>
    [JsonIgnore]
    public int? TopK { get => Int("top_k"); set => Set("top_k", value); }

    /// <summary>The maximum number of visible output tokens, at least 1. <c>max_tokens</c>.</summary>
    [JsonIgnore]
    public int? MaxTokens { get => Int("max_tokens"); set => Set("max_tokens", value); }

    /// <summary>The seed for sampling. <c>seed</c>.</summary>
    [JsonIgnore]
    public long? Seed { get => SettingValue.WholeNumber("seed", Get("seed")); set => Set("seed", value); }

    /// <summary>Not supported by xAI: dropped and logged, or an error with <see cref="StrictOptions"/>. <c>stop_sequences</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? StopSequences { get => Texts("stop_sequences"); set => Set("stop_sequences", Copy(value)); }

    /// <summary>Not supported by xAI; see <see cref="StopSequences"/>. <c>frequency_penalty</c>.</summary>
    [JsonIgnore]
    public double? FrequencyPenalty { get => Number("frequency_penalty"); set => Set("frequency_penalty", value); }

    /// <summary>Not supported by xAI; see <see cref="StopSequences"/>. <c>presence_penalty</c>.</summary>
    [JsonIgnore]
    public double? PresencePenalty { get => Number("presence_penalty"); set => Set("presence_penalty", value); }

    /// <summary>The reasoning effort: <c>none</c>, <c>minimal</c> (sent as low), <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>. <c>reasoning_effort</c>.</summary>
    [JsonIgnore]
    public string? ReasoningEffort { get => Text(GrokKeys.Request.ReasoningEffort); set => Set(GrokKeys.Request.ReasoningEffort, value); }

    /// <summary>The system prompt, used when the history contains none. <c>chat_system_prompt</c>.</summary>
    [JsonIgnore]
    public string? ChatSystemPrompt { get => Text("chat_system_prompt"); set => Set("chat_system_prompt", value); }

    /// <summary>
    /// The id of the response to continue from, or the application's conversation id when a conversation client is in the pipeline. The history
    /// is then sent unchanged, so it should contain only new messages. <c>conversation_id</c>.
    /// </summary>
    [JsonIgnore]
    public string? ConversationId { get => Text(GrokKeys.Request.ConversationId); set => Set(GrokKeys.Request.ConversationId, value); }

    /// <summary>An alternative name for <see cref="ConversationId"/>, which takes precedence. <c>previous_response_id</c>.</summary>
    [JsonIgnore]
    public string? PreviousResponseId { get => Text(GrokKeys.Request.PreviousResponseId); set => Set(GrokKeys.Request.PreviousResponseId, value); }

    /// <summary>Whether xAI stores the response; null to use the client's options. <c>store</c>.</summary>
    [JsonIgnore]
    public bool? Store { get => Flag(GrokKeys.Request.Store); set => Set(GrokKeys.Request.Store, value); }

    /// <summary>Additional data to include in the answer, such as <c>reasoning.encrypted_content</c>. <c>include</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Include { get => Texts(GrokKeys.Request.Include); set => Set(GrokKeys.Request.Include, Copy(value)); }

    /// <summary>The application's id of the end user. <c>user</c>.</summary>
    [JsonIgnore]
    public string? User { get => Text(GrokKeys.Request.User); set => Set(GrokKeys.Request.User, value); }

    /// <summary>A stable value per conversation that routes its requests to the same prompt cache. <c>prompt_cache_key</c>.</summary>
    [JsonIgnore]
    public string? PromptCacheKey { get => Text(GrokKeys.Request.PromptCacheKey); set => Set(GrokKeys.Request.PromptCacheKey, value); }

    /// <summary>The service tier: <c>default</c> or <c>priority</c>. <c>service_tier</c>.</summary>
    [JsonIgnore]
    public string? ServiceTier { get => Text(GrokKeys.Request.ServiceTier); set => Set(GrokKeys.Request.ServiceTier, value); }

    /// <summary>The maximum number of server-side tool rounds, at least 1. <c>max_turns</c>.</summary>
    [JsonIgnore]
    public int? MaxTurns { get => Int(GrokKeys.Request.MaxTurns); set => Set(GrokKeys.Request.MaxTurns, value); }

    /// <summary>Whether one answer can contain several function calls. <c>parallel_tool_calls</c>.</summary>
    [JsonIgnore]
    public bool? ParallelToolCalls { get => Flag(GrokKeys.Request.ParallelToolCalls); set => Set(GrokKeys.Request.ParallelToolCalls, value); }

    /// <summary>Whether function parameters and response schemas are sent as strict. <c>strict</c>.</summary>
    [JsonIgnore]
    public bool? StrictTools { get => Flag(GrokKeys.Request.Strict); set => Set(GrokKeys.Request.Strict, value); }

    /// <summary>Whether an option that xAI does not support is an error instead of being dropped. <c>strict_options</c>.</summary>
    [JsonIgnore]
    public bool? StrictOptions { get => Flag(GrokKeys.Request.StrictOptions); set => Set(GrokKeys.Request.StrictOptions, value); }

    /// <summary>Members to add to the request body; they override all other settings. <c>extra_body</c>.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, object?>? ExtraBody
    {
        get => Get(GrokKeys.Request.ExtraBody) is not { } value ? null
            : new Dictionary<string, object?>(SettingValue.Members(value) ?? throw SettingValue.Invalid(GrokKeys.Request.ExtraBody, "an object"), StringComparer.Ordinal);
        set => Set(GrokKeys.Request.ExtraBody, value is null ? null : new Dictionary<string, object?>(value, StringComparer.Ordinal));
    }

    /// <summary>
    /// The format of the answer: <c>text</c>, <c>json_object</c>, a <see cref="Type"/> whose schema is sent, a <see cref="ChatResponseFormat"/>,
    /// or a JSON schema, either bare or in the form of chat completions. A <see cref="Type"/> and a <see cref="ChatResponseFormat"/> are not
    /// serialized to JSON. <c>response_format</c>.
    /// </summary>
    /// <exception cref="KernelException">The value has another type.</exception>
    [JsonIgnore]
    public object? ResponseFormat
    {
        get => _format ?? Get(GrokKeys.Request.ResponseFormat);
        set
        {
            ThrowIfFrozen();
            _format = value switch
            {
                Type type => ChatResponseFormat.ForJsonSchema(type),
                ChatResponseFormat format => format,
                null or "text" or "json_object" => null,
                _ when SettingValue.Members(value) is not null => null,
                _ => throw SettingValue.Invalid(GrokKeys.Request.ResponseFormat, "text, json_object, a type, a format or a schema"),
            };
            Set(GrokKeys.Request.ResponseFormat, _format is null ? value : null);
        }
    }

    /// <summary>
    /// Server-side tools (<see cref="HostedWebSearchTool"/>, <see cref="GrokXSearchTool"/> and others), offered in addition to the kernel's
    /// functions. In a prompt file, <c>tools</c> is a list of names (<c>web_search</c>, <c>x_search</c>,
    /// <c>code_interpreter</c>, <c>file_search</c>, <c>mcp</c>, <c>image_generation</c>), or of objects with such a <c>type</c> and xAI's
    /// members of the tool. Tools that are set in code are not serialized to JSON.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<AITool>? Tools
    {
        get => _tools ?? (Get(GrokKeys.Request.Tools) is { } value ? PromptTools.Read(GrokKeys.Request.Tools, value) : null);
        set
        {
            Set(GrokKeys.Request.Tools, null);
            _tools = value?.ToArray();
        }
    }

    /// <summary>Changes the options of each request after all other settings are applied. Not serialized to JSON.</summary>
    [JsonIgnore]
    public Action<ChatOptions>? ConfigureOptions
    {
        get => _configure;
        set
        {
            ThrowIfFrozen();
            _configure = value;
        }
    }
}
