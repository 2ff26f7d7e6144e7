using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <content>How the settings are read, copied, and become the options of a request.</content>
public sealed partial class GrokPromptExecutionSettings
{
    private ChatResponseFormat? _format;
    private AITool[]? _tools;
    private Action<ChatOptions>? _configure;

    /// <summary>Settings as Grok's own: the same ones if they are, else a copy of plain ones.</summary>
    /// <param name="settings">The settings; null for empty ones.</param>
    /// <returns>The same settings, a copy of plain ones, or new ones for null.</returns>
    /// <exception cref="KernelException">They are another provider's.</exception>
    public static GrokPromptExecutionSettings FromExecutionSettings(PromptExecutionSettings? settings) => settings switch
    {
        null => new(),
        GrokPromptExecutionSettings own => own,
        { } when settings.GetType() == typeof(PromptExecutionSettings) => Fill(new GrokPromptExecutionSettings(), settings),
        _ => throw new KernelException(
            $"Grok was given {settings.GetType().Name}, another provider's settings. Pass {nameof(GrokPromptExecutionSettings)}, or {nameof(PromptExecutionSettings)} with {nameof(ExtensionData)}."),
    };

    /// <inheritdoc/>
    public override PromptExecutionSettings Clone() =>
        Fill(new GrokPromptExecutionSettings { _format = _format, _tools = _tools, _configure = _configure }, this);

    /// <summary>The options of a request.</summary>
    /// <param name="kernel">The kernel whose functions are offered.</param>
    /// <exception cref="KernelException">A setting cannot be read.</exception>
    internal ChatOptions ToOptions(Kernel? kernel)
    {
        // Plain settings keep their values on the way; derived ones would go through JSON, by reflection.
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
        var more = options.AdditionalProperties ??= [];
        PrepareReasoning(options, more);
        PrepareFormat(options, more);
        PrepareTools(options, more);
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

    /// <summary>Semantic Kernel's own reading has no word for some efforts; the connector's has.</summary>
    private void PrepareReasoning(ChatOptions options, AdditionalPropertiesDictionary more)
    {
        if (ReasoningEffort is { } effort)
        {
            options.Reasoning = null;
            more[GrokKeys.Request.ReasoningEffort] = effort;
        }
    }

    /// <summary>Semantic Kernel's own reading takes any object for the schema itself, and nothing from YAML.</summary>
    private void PrepareFormat(ChatOptions options, AdditionalPropertiesDictionary more)
    {
        if (_format is not null)
        {
            options.ResponseFormat = _format;
        }
        else if (Get(GrokKeys.Request.ResponseFormat) is { } value && SettingValue.Members(value) is not null)
        {
            options.ResponseFormat = null;
            more[GrokKeys.Request.ResponseFormat] = value;
        }
    }

    private void PrepareTools(ChatOptions options, AdditionalPropertiesDictionary more)
    {
        more.Remove(GrokKeys.Request.Tools);
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
