using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// What Grok can be asked for, by the names that Semantic Kernel's prompt files and other connectors use.
/// </summary>
/// <remarks>
/// The values stand in <see cref="PromptExecutionSettings.ExtensionData"/>, so that plain settings with the same names say the same: from
/// code, from JSON, and from YAML, where every value is text. Reading one that is of the wrong kind throws a <see cref="KernelException"/>.
/// Names this class has no member for go to the connector as well; it knows more (<see cref="GrokKeys"/>).
/// </remarks>
public sealed partial class GrokPromptExecutionSettings : PromptExecutionSettings
{
    /// <summary>How freely the model chooses its words: 0 to 2. <c>temperature</c>.</summary>
    [JsonIgnore]
    public double? Temperature { get => Number("temperature"); set => Set("temperature", value); }

    /// <summary>Nucleus sampling: above 0, at most 1. <c>top_p</c>.</summary>
    [JsonIgnore]
    public double? TopP { get => Number("top_p"); set => Set("top_p", value); }

    /// <summary>Top-k sampling. <c>top_k</c>.</summary>
    [JsonIgnore]
    public int? TopK { get => Int("top_k"); set => Set("top_k", value); }

    /// <summary>The most tokens of visible text, at least 1. <c>max_tokens</c>.</summary>
    [JsonIgnore]
    public int? MaxTokens { get => Int("max_tokens"); set => Set("max_tokens", value); }

    /// <summary>The seed for sampling. <c>seed</c>.</summary>
    [JsonIgnore]
    public long? Seed { get => SettingValue.Whole("seed", Get("seed")); set => Set("seed", value); }

    /// <summary>Not taken by the service: dropped with a line in the log, or an error with <see cref="StrictOptions"/>. <c>stop_sequences</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? StopSequences { get => Texts("stop_sequences"); set => Set("stop_sequences", Copy(value)); }

    /// <summary>Not taken by the service, as <see cref="StopSequences"/>. <c>frequency_penalty</c>.</summary>
    [JsonIgnore]
    public double? FrequencyPenalty { get => Number("frequency_penalty"); set => Set("frequency_penalty", value); }

    /// <summary>Not taken by the service, as <see cref="StopSequences"/>. <c>presence_penalty</c>.</summary>
    [JsonIgnore]
    public double? PresencePenalty { get => Number("presence_penalty"); set => Set("presence_penalty", value); }

    /// <summary><c>none</c>, <c>minimal</c> (sent as low), <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>. <c>reasoning_effort</c>.</summary>
    [JsonIgnore]
    public string? ReasoningEffort { get => Text(GrokKeys.Request.ReasoningEffort); set => Set(GrokKeys.Request.ReasoningEffort, value); }

    /// <summary>The system prompt of a history that has none of its own. <c>chat_system_prompt</c>.</summary>
    [JsonIgnore]
    public string? ChatSystemPrompt { get => Text("chat_system_prompt"); set => Set("chat_system_prompt", value); }

    /// <summary>
    /// The response to go on from, or the application's own id when conversations are kept. The history is then sent as it is: give what
    /// is new. <c>conversation_id</c>.
    /// </summary>
    [JsonIgnore]
    public string? ConversationId { get => Text(GrokKeys.Request.ConversationId); set => Set(GrokKeys.Request.ConversationId, value); }

    /// <summary>Another word for <see cref="ConversationId"/>, which beats it. <c>previous_response_id</c>.</summary>
    [JsonIgnore]
    public string? PreviousResponseId { get => Text(GrokKeys.Request.PreviousResponseId); set => Set(GrokKeys.Request.PreviousResponseId, value); }

    /// <summary>Whether the service keeps the conversation; null leaves it to the client's options. <c>store</c>.</summary>
    [JsonIgnore]
    public bool? Store { get => Flag(GrokKeys.Request.Store); set => Set(GrokKeys.Request.Store, value); }

    /// <summary>What else the answer shall hold, such as <c>reasoning.encrypted_content</c>. <c>include</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Include { get => Texts(GrokKeys.Request.Include); set => Set(GrokKeys.Request.Include, Copy(value)); }

    /// <summary>Your own id of the end user. <c>user</c>.</summary>
    [JsonIgnore]
    public string? User { get => Text(GrokKeys.Request.User); set => Set(GrokKeys.Request.User, value); }

    /// <summary>One stable value per conversation, so that its requests meet the same cache. <c>prompt_cache_key</c>.</summary>
    [JsonIgnore]
    public string? PromptCacheKey { get => Text(GrokKeys.Request.PromptCacheKey); set => Set(GrokKeys.Request.PromptCacheKey, value); }

    /// <summary><c>default</c> or <c>priority</c>. <c>service_tier</c>.</summary>
    [JsonIgnore]
    public string? ServiceTier { get => Text(GrokKeys.Request.ServiceTier); set => Set(GrokKeys.Request.ServiceTier, value); }

    /// <summary>The most rounds of tools that the service runs by itself, at least 1. <c>max_turns</c>.</summary>
    [JsonIgnore]
    public int? MaxTurns { get => Int(GrokKeys.Request.MaxTurns); set => Set(GrokKeys.Request.MaxTurns, value); }

    /// <summary>Whether one answer may hold several function calls. <c>parallel_tool_calls</c>.</summary>
    [JsonIgnore]
    public bool? ParallelToolCalls { get => Flag(GrokKeys.Request.ParallelToolCalls); set => Set(GrokKeys.Request.ParallelToolCalls, value); }

    /// <summary>Whether functions and schemas are sent as strict. <c>strict</c>.</summary>
    [JsonIgnore]
    public bool? StrictTools { get => Flag(GrokKeys.Request.Strict); set => Set(GrokKeys.Request.Strict, value); }

    /// <summary>Whether an option that the service does not take is an error rather than dropped. <c>strict_options</c>.</summary>
    [JsonIgnore]
    public bool? StrictOptions { get => Flag(GrokKeys.Request.StrictOptions); set => Set(GrokKeys.Request.StrictOptions, value); }

    /// <summary>Members that go into the request last and beat everything else. <c>extra_body</c>.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, object?>? ExtraBody
    {
        get => Get(GrokKeys.Request.ExtraBody) is not { } value ? null
            : new Dictionary<string, object?>(SettingValue.Members(value) ?? throw SettingValue.Wrong(GrokKeys.Request.ExtraBody, "an object"), StringComparer.Ordinal);
        set => Set(GrokKeys.Request.ExtraBody, value is null ? null : new Dictionary<string, object?>(value, StringComparer.Ordinal));
    }

    /// <summary>
    /// The form of the answer: <c>text</c>, <c>json_object</c>, a <see cref="Type"/> whose schema is sent, a <see cref="ChatResponseFormat"/>,
    /// or a JSON schema, bare or as in chat completions. A type and a format are not written to JSON. <c>response_format</c>.
    /// </summary>
    /// <exception cref="KernelException">What is set is none of these.</exception>
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
                _ => throw SettingValue.Wrong(GrokKeys.Request.ResponseFormat, "text, json_object, a type, a format or a schema"),
            };
            Set(GrokKeys.Request.ResponseFormat, _format is null ? value : null);
        }
    }

    /// <summary>
    /// Tools that the service runs by itself (<see cref="HostedWebSearchTool"/>, <see cref="GrokXSearchTool"/> ...), offered
    /// beside the kernel's functions. In a file, <c>tools</c> is a list of names (<c>web_search</c>, <c>x_search</c>,
    /// <c>code_interpreter</c>, <c>file_search</c>, <c>mcp</c>, <c>image_generation</c>), or of objects with such a <c>type</c> and the
    /// service's own members. Those from code are not written to JSON.
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

    /// <summary>The last word on the options of each request. Not written to JSON.</summary>
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
