using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>
/// Messages and options → request. The raw request's values win, then those of <see cref="ChatOptions"/>, then the client's.
/// The one exception is the conversation: <see cref="ChatOptions.ConversationId"/> beats a raw previous id, because a function loop
/// advances the former and calls the raw factory again with the latter unchanged.
/// </summary>
internal static class RequestMapper
{
    private const string EncryptedContent = "reasoning.encrypted_content";

    public static MappedRequest ToRequest(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, GrokSettings settings)
    {
        var notes = new MappingNotes(options?.AdditionalProperties.GetBool(GrokKeys.StrictOptions) == true, settings.DropUnsupportedContent);
        var raw = Raw(client, options, notes);
        var previous = Id(options?.ConversationId) ?? Id(raw.PreviousResponseId);
        var model = raw.Model ?? Id(options?.ModelId) ?? settings.Model;
        var input = Input(messages, options, raw, previous is not null, model, settings, notes);
        var store = Store(raw.Store ?? options?.AdditionalProperties.GetBool(GrokKeys.Store) ?? settings.Store, previous, input, settings);
        NoteUnsupported(options, notes);
        IReadOnlyList<ResponseTool> tools = [.. raw.Tools ?? [], .. (options?.Tools ?? []).Select(t => ToolMapper.ToTool(t, options!))];
        return new MappedRequest(
            raw with
            {
                Model = model,
                PreviousResponseId = previous,
                Instructions = null,
                Input = input,
                Store = store,
                Include = Include(raw.Include, store, settings),
                Tools = tools.Count > 0 ? tools : null,
                ToolChoice = tools.Count > 0 ? raw.ToolChoice ?? ToolMapper.ToChoice(options?.ToolMode) : null,
                ParallelToolCalls = tools.Count > 0 ? raw.ParallelToolCalls ?? options?.AllowMultipleToolCalls : null,
                Text = raw.Text ?? FormatMapper.ToText(options),
                Reasoning = raw.Reasoning ?? Reasoning(options, model, notes),
                MaxOutputTokens = raw.MaxOutputTokens ?? options?.MaxOutputTokens,
                Temperature = raw.Temperature ?? options?.Temperature,
                TopP = raw.TopP ?? options?.TopP,
                TopK = raw.TopK ?? options?.TopK,
                Seed = raw.Seed ?? options?.Seed,
            },
            notes.Dropped);
    }

    /// <summary>The caller's own request, if there is one. A record: what we change is a copy.</summary>
    private static ResponseRequest Raw(IChatClient client, ChatOptions? options, MappingNotes notes)
    {
        switch (options?.RawRepresentationFactory?.Invoke(client))
        {
            case ResponseRequest request:
                return request;
            case { } other:
                notes.Option($"a RawRepresentationFactory that makes a {other.GetType().Name} (it takes {nameof(ResponseRequest)})");
                break;
        }

        return new ResponseRequest();
    }

    private static IReadOnlyList<ResponseItem> Input(
        IEnumerable<ChatMessage> messages, ChatOptions? options, ResponseRequest raw, bool continues, string model, GrokSettings settings, MappingNotes notes)
    {
        var list = messages.ToList();
        var calls = new CallLedger(list, isWhole: !continues && raw.Input is null);
        var items = new InputMapper(model, continues, calls, notes).ToItems(Instructions(options, raw, continues, settings), list);
        if (raw.Input is { Count: > 0 } first)
        {
            items = [.. first, .. items];
        }

        return items.Count > 0
            ? items
            : throw new ArgumentException("The messages hold nothing to send: every one of them is empty.", nameof(messages));
    }

    /// <summary>
    /// Instructions travel as a system item of the input, never in the field of that name, so that the service stores them with the
    /// conversation. On a continuation the stored ones rule: agents repeat theirs on every turn, and the API refuses the field there.
    /// </summary>
    private static string[] Instructions(ChatOptions? options, ResponseRequest raw, bool continues, GrokSettings settings)
    {
        string[] given = [raw.Instructions ?? "", options?.Instructions ?? ""];
        return (continues, settings.ContinuationInstructions) switch
        {
            (true, ContinuationInstructions.Omit) => [],
            (true, ContinuationInstructions.Throw) when given.Any(static i => !string.IsNullOrWhiteSpace(i)) => throw new InvalidOperationException(
                "The conversation is continued and instructions are given: the stored ones rule"
                + $" ({nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.ContinuationInstructions)} is {nameof(ContinuationInstructions.Throw)})."),
            _ => given,
        };
    }

    private static bool? Store(bool? decided, string? previous, IReadOnlyList<ResponseItem> input, GrokSettings settings)
    {
        if (decided == false && previous is not null)
        {
            throw new InvalidOperationException(
                "A conversation cannot be continued by id (ConversationId) without storing it (store: false). Send the whole history, or let it be stored.");
        }

        // xAI's guide: with images, do not store, "otherwise the request may fail". A continuation stays stored, or its thread would be lost.
        return decided is null && previous is null && settings.KeepImagesUnstored && Images.AreIn(input) ? false : decided;
    }

    private static IReadOnlyList<string>? Include(IReadOnlyList<string>? raw, bool? store, GrokSettings settings) =>
        (settings.EncryptedReasoning ?? store == false) && raw?.Contains(EncryptedContent) != true ? [.. raw ?? [], EncryptedContent] : raw;

    private static ReasoningConfig? Reasoning(ChatOptions? options, string model, MappingNotes notes)
    {
        var effort = options?.Reasoning?.Effort switch
        {
            ReasoningEffort.None => "none",
            ReasoningEffort.Low => "low",
            ReasoningEffort.Medium => "medium",
            ReasoningEffort.High => "high",
            ReasoningEffort.ExtraHigh => "xhigh",
            _ => null,
        };
        if (effort is not null && !ModelProfile.TakesEffort(model, effort))
        {
            notes.Option($"Reasoning.Effort {options!.Reasoning!.Effort} for the model {model}");
            effort = null;
        }

        var summary = options?.Reasoning?.Output switch
        {
            ReasoningOutput.Summary => "concise",
            ReasoningOutput.Full => "detailed",
            _ => null,
        };
        return effort is null && summary is null ? null : new ReasoningConfig { Effort = effort, Summary = summary };
    }

    /// <summary>What the service refuses by presence alone, even with a neutral value.</summary>
    private static void NoteUnsupported(ChatOptions? options, MappingNotes notes)
    {
        if (options?.FrequencyPenalty is not null)
        {
            notes.Option(nameof(options.FrequencyPenalty));
        }

        if (options?.PresencePenalty is not null)
        {
            notes.Option(nameof(options.PresencePenalty));
        }

        if (options?.StopSequences is { Count: > 0 })
        {
            notes.Option(nameof(options.StopSequences));
        }

        if (options?.AllowBackgroundResponses == true)
        {
            notes.Option(nameof(options.AllowBackgroundResponses));
        }

        if (options?.ContinuationToken is not null)
        {
            throw new NotSupportedException("xAI's Responses API has no background mode, so there is nothing to resume with a ContinuationToken.");
        }
    }

    // Agent Framework's marker for "the history is local" is no id of ours.
    private static string? Id(string? id) => string.IsNullOrWhiteSpace(id) || id == "_agent_local_chat_history" ? null : id;
}

/// <summary>What is sent for a call, and what could not be.</summary>
/// <param name="Request">The request.</param>
/// <param name="Dropped">What was asked for and is not in it, one phrase each.</param>
internal sealed record MappedRequest(ResponseRequest Request, IReadOnlyList<string> Dropped);
