using System.Text;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// The whole of a streamed answer, for the store. Pieces of text and thought are joined as they pass by, so that at the end some ten updates
/// are coalesced and not thousands; everything else is kept as it came.
/// </summary>
internal sealed class AnswerCollector
{
    private readonly List<ChatResponseUpdate> _updates = [];
    private readonly StringBuilder _text = new();
    private ChatResponseUpdate? _first;

    public void Add(ChatResponseUpdate update)
    {
        if (!IsPiece(update))
        {
            Flush();
            _updates.Add(update);
            return;
        }

        if (_first is null || !Continues(_first.Contents[0], update.Contents[0]))
        {
            Flush();
            _first = update;
        }

        _text.Append(Text(update.Contents[0]));
    }

    public ChatResponse ToResponse()
    {
        Flush();
        return _updates.ToChatResponse();
    }

    private static string Text(AIContent content) => content is TextContent text ? text.Text : ((TextReasoningContent)content).Text;

    /// <summary>Whether it holds one plain text or thought, and says nothing else that could get lost.</summary>
    private static bool IsPiece(ChatResponseUpdate update) =>
        update is { Contents.Count: 1, AdditionalProperties: null, FinishReason: null, ConversationId: null, RawRepresentation: null }
        && update.Contents[0] is { Annotations: null, RawRepresentation: null } and (TextContent { AdditionalProperties: null } or TextReasoningContent { ProtectedData: null });

    /// <summary>Whether coalescing would join them: both text, or both thoughts of the same kind and item.</summary>
    private static bool Continues(AIContent first, AIContent next) =>
        first.GetType() == next.GetType() && ReferenceEquals(first.AdditionalProperties, next.AdditionalProperties);

    private void Flush()
    {
        if (_first is not { } first)
        {
            return;
        }

        // The caller has the pieces; what is kept is another object.
        var whole = first.Clone();
        var text = _text.ToString();
        whole.Contents = [first.Contents[0] is TextContent ? new TextContent(text) : new TextReasoningContent(text) { AdditionalProperties = first.Contents[0].AdditionalProperties }];
        _updates.Add(whole);
        _text.Clear();
        _first = null;
    }
}
