using System.Text;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>A whole response → one assistant message with the contents of its items in order.</summary>
internal static class ResponseMapper
{
    public static ChatResponse ToResponse(GrokResponse response, CreateResponseRequest request)
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
            Usage = UsageMapper.ToUsage(response.Usage),
            RawRepresentation = response,
        };
    }

    /// <summary>The contents as a coalesced stream has them: plain texts that touch are one text.</summary>
    private static List<AIContent> Contents(IReadOnlyList<ResponseItem> output, ReasoningOrigin origin, bool isCut)
    {
        var contents = new List<AIContent>();
        StringBuilder? joined = null;
        var calls = new DuplicateCallFilter();
        foreach (var item in output.Where(i => i is not FunctionCallItem call || !calls.Repeats(call)))
        {
            foreach (var content in ItemMapper.ToContents(item, origin, isCut))
            {
                if ((contents is [.., var last] ? last : null, content) is (TextContent { Annotations: null } before, TextContent { Annotations: null } text))
                {
                    // At once at its end, or many small pieces would cost their number squared.
                    (joined ??= new StringBuilder(before.Text)).Append(text.Text);
                    continue;
                }

                End();
                if ((contents is [.., var other] ? other : null, content) is (TextReasoningContent { ProtectedData: null } thought, TextReasoningContent)
                    && !ReasoningMapper.IsPartSeparator(thought) && !ReasoningMapper.IsPartSeparator(content))
                {
                    // An item without a blob, then another: told apart as in a stream, or they would become one item.
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
