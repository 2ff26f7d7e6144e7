using Connectors.Grok.Caching;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Messages and options → request. Who wins: <c>extra_body</c>, the raw request, the members of <see cref="ChatOptions"/>, the keys among its
/// <see cref="ChatOptions.AdditionalProperties"/>, the client's defaults, in this order.
/// The one exception is the conversation: <see cref="ChatOptions.ConversationId"/> beats every other previous id, because a function loop
/// advances it and hands over all the rest again unchanged.
/// </summary>
internal static class RequestMapper
{
    private const string EncryptedContent = "reasoning.encrypted_content";

    public static MappedRequest ToRequest(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, GrokSettings settings, ResponseMemory memory)
    {
        var lenient = new LenientOptions(options);
        var notes = new MappingDiagnostics(lenient.IsStrict, settings.DropUnsupportedContent);
        var raw = lenient.ToBody(notes).Over(Raw(client, options, notes));
        var wished = OptionsMapper.ToRequest(options, lenient.HasStrictSchema, notes).Over(lenient.ToRequest(notes));
        var asked = raw.Over(wished);
        var previous = Id(options?.ConversationId) ?? Id(raw.PreviousResponseId) ?? Id(wished.PreviousResponseId);
        var model = asked.Model ?? settings.Model;
        var given = Given(raw.Instructions, wished.Instructions);
        var (instructions, inForce) = Instructions(given, previous, settings, memory);
        var input = Input(messages, instructions, raw, previous is not null, model, settings, notes);
        var decided = asked.Store ?? settings.Store;
        var store = Store(decided, asked.Store is not null, previous, input, settings);
        var hasTools = OfferedTools.Check(asked, options?.ToolMode, notes);
        return new MappedRequest(
            asked with
            {
                Model = model,
                PreviousResponseId = previous,
                Instructions = null,
                Input = input,
                Store = store,
                Include = Include(asked.Include, store, settings),
                Tools = hasTools ? asked.Tools : null,
                ToolChoice = hasTools ? asked.ToolChoice : null,
                ParallelToolCalls = hasTools ? asked.ParallelToolCalls : null,
                ClientRequestId = ClientRequestIds.Check(asked.ClientRequestId ?? options?.AdditionalProperties.GetText(GrokKeys.Request.ClientRequestId), nameof(options)),
                Reasoning = Reasoning(asked.Reasoning, raw.Reasoning, model, settings, notes),
            },
            notes.Dropped,
            inForce)
        {
            HasUnstoredImages = decided is null && store == false,
            RepeatsAnswers = previous is not null && input.Any(static item => item is MessageItem { Role: "assistant" }),
        };
    }

    private static string[] Given(params ReadOnlySpan<string?> instructions)
    {
        List<string> given = [];
        foreach (var text in instructions)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                given.Add(text);
            }
        }

        return [.. given];
    }

    /// <summary>The caller's own request, if there is one. A record: what we change is a copy.</summary>
    private static CreateResponseRequest Raw(IChatClient client, ChatOptions? options, MappingDiagnostics notes)
    {
        switch (options?.RawRepresentationFactory?.Invoke(client))
        {
            case CreateResponseRequest request:
                return request;
            case { } other:
                notes.Option($"a RawRepresentationFactory that makes a {other.GetType().Name} (it takes {nameof(CreateResponseRequest)})");
                break;
        }

        return RequestLayers.Empty;
    }

    private static IReadOnlyList<ResponseItem> Input(
        IEnumerable<ChatMessage> messages, string[] instructions, CreateResponseRequest raw, bool continues, string model, GrokSettings settings, MappingDiagnostics notes)
    {
        var list = messages.ToList();
        var calls = new CallLedger(list, isWhole: !continues && raw.Input is null, isAllThatIsNew: raw.Input is null);
        var items = new InputMapper(model, continues, calls, notes, settings.Names).ToItems(instructions, list);
        if (raw.Input is { Count: > 0 } first)
        {
            items = [.. first, .. items];
        }

        return calls.Problem is { } problem && items.All(static i => i is ReasoningItem or MessageItem { Role: "system" })
            // All that the caller passed is a call or a result that cannot be sent: there is no history to send without it.
            ? throw new ArgumentException(problem, nameof(messages))
            : items.Count > 0 ? items
            : throw new ArgumentException("The messages hold nothing to send: every one of them is empty.", nameof(messages));
    }

    /// <summary>
    /// Instructions travel as a system item of the input, never in the field of that name, so that the service stores them with the
    /// conversation. A continuation does not send them again while they are in force: agents repeat theirs with every call. The API rejects the
    /// field on a continuation.
    /// </summary>
    /// <returns>The instructions to send, and the hash of those in force after the answer; null when they are unknown.</returns>
    private static (string[] Sent, UInt128? InForce) Instructions(string[] given, string? previous, GrokSettings settings, ResponseMemory memory)
    {
        var hash = ResponseMemory.HashInstructions(given);
        if (previous is null)
        {
            return (given, hash);
        }

        var known = memory.Find(previous);
        return settings.ContinuationInstructions switch
        {
            _ when given.Length == 0 => ([], known),
            ContinuationInstructions.Never => ([], known),
            ContinuationInstructions.Always => (given, hash),
            _ when known == hash => ([], known),
            ContinuationInstructions.Throw => throw new InvalidOperationException(
                $"The instructions differ from those of the continued conversation, or those are unknown to this client ({nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.ContinuationInstructions)} is {nameof(ContinuationInstructions.Throw)})."),
            _ => (given, hash),
        };
    }

    private static bool? Store(bool? decided, bool isOfCall, string? previous, IReadOnlyList<ResponseItem> input, GrokSettings settings)
    {
        if (decided == false && previous is not null)
        {
            throw new InvalidOperationException(
                isOfCall || settings.Host.StoresByDefault
                    ? "A conversation cannot be continued by id (ConversationId) without storing it (store: false). Send the whole history, or let it be stored."
                    : $"{settings.Endpoint.Host} stores no responses without permission, so that a conversation cannot be continued by id (ConversationId). Send the whole history, or set {nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Store)} to true where storing is permitted.");
        }

        // xAI's guide: with images, do not store, "otherwise the request may fail". A continuation stays stored, or its thread would be lost.
        return decided is null && previous is null && settings.KeepImagesUnstored && InputImages.Contains(input) ? false : decided;
    }

    private static IReadOnlyList<string>? Include(IReadOnlyList<string>? raw, bool? store, GrokSettings settings) =>
        (settings.EncryptedReasoning ?? store == false) && raw?.Contains(EncryptedContent) != true ? [.. raw ?? [], EncryptedContent] : raw;

    /// <summary>The effort goes to models that take it only; a raw one is the caller's own affair.</summary>
    private static ReasoningConfig? Reasoning(ReasoningConfig? asked, ReasoningConfig? raw, string model, GrokSettings settings, MappingDiagnostics notes)
    {
        if (raw?.Effort is not null || asked?.Effort is not { } effort || ModelProfile.TakesEffort(model, effort, settings))
        {
            return asked;
        }

        notes.Option($"the reasoning effort {effort} for the model {model}");
        return asked.Summary is null && asked.AdditionalMembers is null ? null : asked with { Effort = null };
    }

    // Agent Framework's marker for "the history is local" is no id of ours.
    private static string? Id(string? id) => string.IsNullOrWhiteSpace(id) || id == "_agent_local_chat_history" ? null : id;
}

/// <summary>What is sent for a call, and what could not be.</summary>
/// <param name="Request">The request.</param>
/// <param name="Dropped">What was asked for and is not in it, one phrase each.</param>
/// <param name="InForce">The hash of the instructions in force after the answer; null when they are unknown.</param>
internal sealed record MappedRequest(CreateResponseRequest Request, IReadOnlyList<string> Dropped, UInt128? InForce)
{
    /// <summary>Whether the request is sent with <c>store: false</c> because of its images alone.</summary>
    public bool HasUnstoredImages { get; init; }

    /// <summary>The request's share in the prompt cache.</summary>
    public CacheUse Cache { get; init; }

    /// <summary>Whether messages of the assistant are sent on top of a stored conversation.</summary>
    public bool RepeatsAnswers { get; init; }
}
