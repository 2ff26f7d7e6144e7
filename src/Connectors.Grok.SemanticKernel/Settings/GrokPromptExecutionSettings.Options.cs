using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <content>Reading and copying settings, and mapping them to request options.</content>
public sealed partial class GrokPromptExecutionSettings
{
    private ChatResponseFormat? _format;
    private AITool[]? _tools;
    private Action<ChatOptions>? _configure;

    /// <summary>Converts settings to <see cref="GrokPromptExecutionSettings"/>.</summary>
    /// <param name="settings">The settings; null for empty ones.</param>
    /// <returns>The same object if it already has this type; a copy of a plain <see cref="PromptExecutionSettings"/>; new settings for null.</returns>
    /// <exception cref="KernelException">The settings belong to another provider.</exception>
    public static GrokPromptExecutionSettings FromExecutionSettings(PromptExecutionSettings? settings) => settings switch
    {
        null => new(),
        GrokPromptExecutionSettings grok => grok,
        { } when settings.GetType() == typeof(PromptExecutionSettings) => Fill(new GrokPromptExecutionSettings(), settings),
        _ => throw new KernelException(
            $"{settings.GetType().Name} are settings of another provider. Pass {nameof(GrokPromptExecutionSettings)}, or {nameof(PromptExecutionSettings)} with {nameof(ExtensionData)}."),
    };

    /// <inheritdoc/>
    /// <returns>A copy that can be changed, also of frozen settings.</returns>
    public override PromptExecutionSettings Clone() =>
        Fill(new GrokPromptExecutionSettings { _format = _format, _tools = _tools, _configure = _configure }, this);

    /// <summary>Creates the options of a request.</summary>
    /// <param name="kernel">The kernel whose functions are offered.</param>
    /// <exception cref="KernelException">A setting cannot be read.</exception>
    internal ChatOptions ToOptions(Kernel? kernel)
    {
        // A plain settings object converts without loss; a derived type would be serialized to JSON by reflection.
        var options = Fill(new PromptExecutionSettings(), this).ToChatOptions(kernel);
        PrepareChatOptionsForRequest(options);
        return options;
    }

    /// <inheritdoc/>
    /// <exception cref="KernelException">A setting cannot be read.</exception>
    protected override void PrepareChatOptionsForRequest(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Temperature = (float?)Temperature ?? options.Temperature;
        options.TopP = (float?)TopP ?? options.TopP;
        options.TopK = TopK ?? options.TopK;
        options.MaxOutputTokens = MaxTokens ?? options.MaxOutputTokens;
        options.Seed = Seed ?? options.Seed;
        options.FrequencyPenalty = (float?)FrequencyPenalty ?? options.FrequencyPenalty;
        options.PresencePenalty = (float?)PresencePenalty ?? options.PresencePenalty;
        options.StopSequences = StopSequences?.ToList() ?? options.StopSequences;
        options.ConversationId = ConversationId ?? PreviousResponseId ?? options.ConversationId;
        var properties = options.AdditionalProperties ??= [];
        PrepareReasoning(options, properties);
        PrepareFormat(options, properties);
        PrepareTools(options, properties);
        _configure?.Invoke(options);
    }

    private static T Fill<T>(T copy, PromptExecutionSettings settings)
        where T : PromptExecutionSettings
    {
        copy.ModelId = settings.ModelId;
        copy.ServiceId = settings.ServiceId;
        copy.FunctionChoiceBehavior = settings.FunctionChoiceBehavior;
        copy.ExtensionData = settings.ExtensionData is { } data ? new Dictionary<string, object>(data) : null;
        return copy;
    }

    /// <summary>Passes the effort as text: Semantic Kernel's conversion does not support all efforts; the connector does.</summary>
    private void PrepareReasoning(ChatOptions options, AdditionalPropertiesDictionary properties)
    {
        if (ReasoningEffort is { } effort)
        {
            options.Reasoning = null;
            properties[GrokKeys.Request.ReasoningEffort] = effort;
        }
    }

    /// <summary>Passes an object as <c>response_format</c>: Semantic Kernel's conversion treats any object as the schema itself and ignores values from YAML.</summary>
    private void PrepareFormat(ChatOptions options, AdditionalPropertiesDictionary properties)
    {
        if (_format is not null)
        {
            options.ResponseFormat = _format;
        }
        else if (Get(GrokKeys.Request.ResponseFormat) is { } value && SettingValue.Members(value) is not null)
        {
            options.ResponseFormat = null;
            properties[GrokKeys.Request.ResponseFormat] = value;
        }
    }

    private void PrepareTools(ChatOptions options, AdditionalPropertiesDictionary properties)
    {
        properties.Remove(GrokKeys.Request.Tools);
        if (Tools is { Count: > 0 } tools)
        {
            options.Tools = [.. options.Tools ?? [], .. tools];
        }
    }

    private object? Get(string name) => ExtensionData?.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private void Set(string name, object? value)
    {
        ThrowIfFrozen();
        if (ExtensionData?.Keys.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } old)
        {
            ExtensionData.Remove(old);
        }

        if (value is not null)
        {
            (ExtensionData ??= new Dictionary<string, object>(StringComparer.Ordinal))[name] = value;
        }
    }

    private string? Text(string name) => SettingValue.Text(name, Get(name));

    private double? Number(string name) => SettingValue.Number(name, Get(name));

    private int? Int(string name) => SettingValue.Int(name, Get(name));

    private bool? Flag(string name) => SettingValue.Flag(name, Get(name));

    private IReadOnlyList<string>? Texts(string name) => SettingValue.Texts(name, Get(name));

    private static string[]? Copy(IReadOnlyList<string>? texts) => texts?.ToArray();
}
