using System.Text;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Maps a JSON response to one assistant message with the contents of its items in order.</summary>
internal static class ResponseMapper
{
    /// <summary>Maps a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="request">The request.</param>
    /// <param name="settings">The settings of the client, which know the prices of models; null when they are unknown.</param>
    public static ChatResponse ToResponse(GrokResponse response, CreateResponseRequest request, GrokSettings? settings = null)
    {
        var origin = ReasoningOrigin.From(response.Model, request.Model);
        var output = response.Output ?? [];
        var hasCalls = output.OfType<FunctionCallItem>().Any();
        var message = new ChatMessage(ChatRole.Assistant, Contents(output, origin, response.Status == "incomplete"))
        {
            MessageId = response.Id,
            CreatedAt = ResponseCompletion.CreatedAt(response),
            AdditionalProperties = ResponseCompletion.Properties(response),
            RawRepresentation = response,
        };
        return new ChatResponse(message)
        {
            ResponseId = response.Id,
            ConversationId = ResponseCompletion.ConversationId(response, request, output.Any(ResponseCompletion.HasSubstance), hasCalls),
            ModelId = response.Model ?? request.Model,
            CreatedAt = message.CreatedAt,
            FinishReason = ResponseCompletion.FinishReason(response, hasCalls),
            Usage = UsageMapper.ToUsage(response, request, settings),
            RawRepresentation = response,
        };
    }

    /// <summary>The items without repeated calls, each call with an id.</summary>
    private static IEnumerable<ResponseItem> Items(IReadOnlyList<ResponseItem> output)
    {
        var calls = new DuplicateCallFilter();
        return output.Select((item, index) => item is not FunctionCallItem call ? item : calls.Repeats(call) ? null : calls.WithId(call, index)).OfType<ResponseItem>();
    }

    /// <summary>Merges adjacent plain texts, as coalescing a stream does.</summary>
    private static List<AIContent> Contents(IReadOnlyList<ResponseItem> output, ReasoningOrigin origin, bool isCut)
    {
        var contents = new List<AIContent>();
        StringBuilder? joined = null;
        foreach (var item in Items(output))
        {
            foreach (var content in ItemMapper.ToContents(item, origin, isCut))
            {
                if ((contents is [.., var last] ? last : null, content) is (TextContent { Annotations: null } before, TextContent { Annotations: null } text))
                {
                    // Joined once at the end of a run: joining each piece would take quadratic time.
                    (joined ??= new StringBuilder(before.Text)).Append(text.Text);
                    continue;
                }

                End();
                if ((contents is [.., var other] ? other : null, content) is (TextReasoningContent { ProtectedData: null } thought, TextReasoningContent)
                    && !ReasoningMapper.IsPartSeparator(thought) && !ReasoningMapper.IsPartSeparator(content))
                {
                    // A separator after an item without a blob, as in a stream; otherwise it would merge into the next item.
                    contents.Add(ReasoningMapper.PartSeparator(thought.GetReasoningItemId(), origin));
                }

                contents.Add(content);
            }
        }

        End();
        return contents;

        void End()
        {
            if (joined is not null)
            {
                contents[^1] = new TextContent(joined.ToString());
                joined = null;
            }
        }
    }
}
