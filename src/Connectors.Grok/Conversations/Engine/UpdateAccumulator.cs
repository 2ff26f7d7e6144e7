using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// Collects a streamed answer for the store. Pieces of text and of reasoning are joined as they arrive, so that about ten updates are
/// coalesced at the end instead of thousands; everything else is kept as it came.
/// </summary>
internal sealed class UpdateAccumulator : IDisposable
{
    private readonly List<ChatResponseUpdate> _updates = [];
    private readonly PooledBuffer<char> _text = new(1024);
    private ChatResponseUpdate? _first;
    private AIContent? _piece;
    private string? _responseId;
    private string? _conversationId;

    public void Add(ChatResponseUpdate update)
    {
        if (PieceOf(update) is not { } piece)
        {
            Keep(update);
            return;
        }

        if (_piece is null || !Continues(_piece, piece))
        {
            Flush();
            (_first, _piece) = (update, piece);
        }

        var text = piece is TextContent plain ? plain.Text : ((TextReasoningContent)piece).Text;
        text.CopyTo(_text.GetSpan(text.Length));
        _text.Advance(text.Length);
    }

    /// <summary>Whether the results of functions came last.</summary>
    public bool EndsWithResults => _first is null && ConversationHistory.EndsWithResults(_updates.FindLast(static u => u.Contents.Any(static c => c is not UsageContent))?.Contents);

    /// <summary>Whether it holds calls to which no results have come.</summary>
    public bool HasOpenCalls => TurnContent.CallsIn(_updates.Select(static u => u.Contents)).Count > 0;

    public ChatResponse ToResponse()
    {
        Flush();
        var response = _updates.ToChatResponse();
        // Of a function loop the last answer counts: coalescing takes the last id there was, also where that answer has none.
        response.ConversationId = _conversationId;
        return response;
    }

    public void Dispose() => _text.Dispose();

    /// <summary>The one plain text or reasoning that it holds, if it holds nothing else that could get lost.</summary>
    private static AIContent? PieceOf(ChatResponseUpdate update) =>
        // A list as it comes from us is asked without a detour over its interface: this runs once per token.
        update.Contents is List<AIContent> { Count: 1 } contents
        && contents[0] is { Annotations: null, RawRepresentation: null } piece and (TextContent { AdditionalProperties: null } or TextReasoningContent { ProtectedData: null })
        && update is { AdditionalProperties: null, FinishReason: null, ConversationId: null, RawRepresentation: null } ? piece : null;

    /// <summary>Whether coalescing would join them: both text, or both reasoning of the same kind and item.</summary>
    private static bool Continues(AIContent first, AIContent next) =>
        first.GetType() == next.GetType() && ReferenceEquals(first.AdditionalProperties, next.AdditionalProperties);

    /// <summary>Keeps what is no piece, as it is now: a layer above may put other contents into the update it is handed, as function invocation does with calls that need approval.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Keep(ChatResponseUpdate update)
    {
        Flush();
        if (update.ResponseId is { } response && response != _responseId)
        {
            (_responseId, _conversationId) = (response, null);
        }

        _conversationId = update.ConversationId ?? _conversationId;
        var own = update.Clone();
        own.Contents = [.. update.Contents];
        _updates.Add(own);
    }

    private void Flush()
    {
        if (_first is not { } first)
        {
            return;
        }

        // The caller has the pieces; what is kept is another object.
        var whole = first.Clone();
        var text = _text.Span.ToString();
        whole.Contents = [_piece is TextContent ? new TextContent(text) : new TextReasoningContent(text) { AdditionalProperties = _piece!.AdditionalProperties }];
        _updates.Add(whole);
        _text.Clear();
        (_first, _piece) = (null, null);
    }
}
