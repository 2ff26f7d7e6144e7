using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Maps the members of <see cref="ChatOptions"/> to a layer of the request.</summary>
internal static class OptionsMapper
{
    /// <param name="options">The options, or null.</param>
    /// <param name="isStrict">Whether schemas of the options are made strict; null when unset.</param>
    /// <param name="notes">Collects options that cannot be sent.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message names the member.</exception>
    public static CreateResponseRequest ToRequest(ChatOptions? options, bool? isStrict, MappingDiagnostics notes)
    {
        if (options is null)
        {
            return RequestLayers.Empty;
        }

        Check(options);
        NoteUnsupported(options, notes);
        var deferred = DeferredTools.From(options.Tools ?? [], notes);
        return new CreateResponseRequest
        {
            Model = LenientReader.NotBlank(options.ModelId),
            Instructions = LenientReader.NotBlank(options.Instructions),
            MaxOutputTokens = options.MaxOutputTokens,
            Tools = options.Tools?.Select(tool => ToolMapper.ToTool(tool, options, deferred, notes)).ToList(),
            ToolChoice = ToolMapper.ToChoice(options.ToolMode),
            ParallelToolCalls = options.AllowMultipleToolCalls,
            Text = FormatMapper.ToText(options, isStrict),
            Reasoning = Reasoning(options.Reasoning, notes),
            Temperature = Exact(options.Temperature),
            TopP = Exact(options.TopP),
            TopK = options.TopK,
            Seed = options.Seed,
        };
    }

    // 0.7f is 0.699999988079071 as a double; a decimal rounds to the intended value.
    private static double? Exact(float? value) => value is { } number ? (double)(decimal)number : null;

    private static void Check(ChatOptions options)
    {
        if (options.MaxOutputTokens < 1)
        {
            throw Wrong(nameof(options.MaxOutputTokens), "must be at least 1");
        }

        if (options.Temperature is not (null or (>= 0 and <= 2)))
        {
            throw Wrong(nameof(options.Temperature), "must be 0 to 2");
        }

        if (options.TopP is not (null or (> 0 and <= 1)))
        {
            throw Wrong(nameof(options.TopP), "must be above 0 and at most 1");
        }

        if (options.TopK < 1)
        {
            throw Wrong(nameof(options.TopK), "must be at least 1");
        }
    }

    private static ArgumentException Wrong(string member, string rule) => new($"{nameof(ChatOptions)}.{member} {rule}.", member);

    private static ReasoningConfig? Reasoning(ReasoningOptions? reasoning, MappingDiagnostics notes)
    {
        if (reasoning?.Output == ReasoningOutput.None)
        {
            notes.Option("Reasoning.Output None (a summary comes in any case)");
        }

        var effort = reasoning?.Effort is not { } wish ? null
            : ModelProfile.ToEffort(wish.ToString()) ?? throw Wrong("Reasoning.Effort", $"must be {ModelProfile.EffortWords}");
        var summary = reasoning?.Output switch
        {
            ReasoningOutput.Summary => "concise",
            ReasoningOutput.Full => "detailed",
            _ => null,
        };
        return effort is null && summary is null ? null : new ReasoningConfig { Effort = effort, Summary = summary };
    }

    /// <summary>Options that the service rejects whenever they are present, even with a neutral value.</summary>
    private static void NoteUnsupported(ChatOptions options, MappingDiagnostics notes)
    {
        if (options.FrequencyPenalty is not null)
        {
            notes.Option(nameof(options.FrequencyPenalty));
        }

        if (options.PresencePenalty is not null)
        {
            notes.Option(nameof(options.PresencePenalty));
        }

        if (options.StopSequences is { Count: > 0 })
        {
            notes.Option(nameof(options.StopSequences));
        }

        if (options.AllowBackgroundResponses == true)
        {
            notes.Option(nameof(options.AllowBackgroundResponses));
        }

        if (options.ContinuationToken is not null)
        {
            throw new NotSupportedException("xAI's Responses API has no background mode, so there is nothing to resume with a ContinuationToken.");
        }
    }
}
