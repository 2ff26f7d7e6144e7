using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks a request against the conversation that it continues (docs/wire.md#storage, docs/wire.md#reasoning).</summary>
internal sealed class ConversationRules(GrokEmulatorOptions options, ServiceHost service, ResponseStore store, ReasoningCipher cipher)
{
    /// <summary>Finds the response that the request continues; null when it continues none.</summary>
    public StoredResponse? FindPrevious(CreateRequest request)
    {
        if (request.PreviousResponseId is not { } id)
        {
            return null;
        }

        if (options.ZeroDataRetention)
        {
            throw ApiException.NotFound("Previous response cannot be used for this organization due to Zero Data Retention");
        }

        var previous = Find(id);
        for (var link = previous.PreviousId; options.BreakChains && link is not null; link = Find(link).PreviousId)
        {
        }

        return previous.HasOutput ? previous : throw ContentRules.EmptyMessage;

        StoredResponse Find(string link) => store.Find(link, request.StorePart) ?? throw service.UnknownPrevious(link);
    }

    public void CheckStorage(CreateRequest request)
    {
        if (!request.Store)
        {
            return;
        }

        if (options.ZeroDataRetention)
        {
            throw ApiException.InvalidArgument("store must be false for this organization due to Zero Data Retention");
        }

        if (options.RejectStoredImages && request.Input.Any(item => ContentRules.PartsOf(item).Any(part => part is ImagePart)))
        {
            throw ApiException.InvalidArgument("Storing images is not supported. Set store to false.");
        }
    }

    /// <summary>Checks the items of the input that a host looks up by their ids.</summary>
    public void CheckReplay(CreateRequest request) => service.CheckReplay(request, id => store.Find(id, request.StorePart) is not null);

    public void CheckReasoning(IReadOnlyList<Item> input, ModelInfo model)
    {
        var lastSequence = long.MinValue;
        for (var index = 0; index < input.Count; index++)
        {
            if (input[index] is not ReasoningItem reasoning)
            {
                continue;
            }

            if (reasoning.HasStatus && options.RejectReasoningStatus)
            {
                throw ApiException.NotSupported("status");
            }

            if (reasoning.EncryptedContent is not { } blob)
            {
                continue;
            }

            var opened = cipher.Decrypt(blob) ?? throw Undecryptable;
            var isUnchanged = opened.ModelId == model.Id && opened.Summary.SequenceEqual(reasoning.Summary) && opened.Sequence > lastSequence;
            if (!isUnchanged || FollowsItsItem(input, index, opened.NextItem))
            {
                throw Undecryptable;
            }

            lastSequence = opened.Sequence;
        }
    }

    public static void CheckCalls(IReadOnlyList<Item> conversation, ModelInfo model, int inputTokens)
    {
        var calls = conversation.OfType<FunctionCallItem>().Select(call => call.CallId).ToHashSet(StringComparer.Ordinal);
        if (conversation.OfType<FunctionCallOutputItem>().FirstOrDefault(output => !calls.Contains(output.CallId)) is { } orphan)
        {
            throw ApiException.InvalidArgument($"No tool call found for function call output with call_id {orphan.CallId}.");
        }

        if (inputTokens > model.ContextLength)
        {
            throw ApiException.InvalidArgument(
                $"This model's maximum prompt length is {model.ContextLength} but the request contains {inputTokens} tokens.");
        }
    }

    private static ApiException Undecryptable => ApiException.InvalidArgument(
        "Could not decrypt the provided encrypted_content. Ensure the value is the unmodified encrypted_content from a previous response.");

    // A reasoning item must precede the item that it led to. Other items between the two are allowed.
    private static bool FollowsItsItem(IReadOnlyList<Item> input, int index, string nextItem) =>
        nextItem.Length > 0 && index > 0 && IdentityOf(input[index - 1]) == nextItem && (index + 1 == input.Count || IdentityOf(input[index + 1]) != nextItem);

    /// <summary>Returns the text by which a blob identifies the item after it; null for an item that no blob refers to.</summary>
    private static string? IdentityOf(Item item) => item switch
    {
        MessageItem { Role: "assistant" } message => message.Text,
        FunctionCallItem call => call.CallId,
        HostedItem hosted => hosted.Type,
        ToolSearchItem => ToolSearchOutput.OutputType,
        _ => null,
    };

    /// <summary>Returns the identity of the first item after the reasoning item at the index; empty when none follows.</summary>
    public static string IdentityOfNext(IReadOnlyList<OutputItem> output, int index) => output.Skip(index + 1).FirstOrDefault(item => item is not ReasoningOutput) switch
    {
        MessageOutput message => message.Text,
        FunctionCallOutput call => call.CallId,
        HostedOutput hosted => hosted.Type,
        _ => "",
    };

    /// <summary>Checks that the only system message is the first message, as the API of 2025 required.</summary>
    public static void CheckSystem(IReadOnlyList<Item> conversation, GrokProfile profile)
    {
        if (profile == GrokProfile.Docs2025 && conversation.Skip(1).Any(item => item is MessageItem { Role: "system" }))
        {
            throw ApiException.InvalidArgument("Only one system or developer message is allowed, and it must be the first message.");
        }
    }
}
