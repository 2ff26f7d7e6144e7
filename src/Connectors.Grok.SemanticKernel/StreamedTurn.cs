using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel;

/// <summary>What a streamed turn leaves in the caller's history: the calls that were run, with the reasoning before them, and their results.</summary>
/// <param name="history">The caller's history.</param>
/// <param name="mapper">Maps the messages.</param>
internal sealed class StreamedTurn(ChatHistory history, AnswerMapper mapper)
{
    private readonly List<ChatResponseUpdate> _pending = [];

    /// <summary>Takes an update in. Calls enter the history with their results: those that nobody ran are the caller's to run and to add.</summary>
    public void Add(ChatResponseUpdate update)
    {
        if (!update.Contents.Any(static c => c is FunctionResultContent))
        {
            _pending.Add(update);
            return;
        }

        AddMessages(_pending, keepsText: false);
        _pending.Clear();
        AddMessages([update], keepsText: true);
    }

    private void AddMessages(IEnumerable<ChatResponseUpdate> updates, bool keepsText)
    {
        var response = updates.ToChatResponse();
        foreach (var message in response.Messages)
        {
            // The caller adds all text that it was streamed, as one message at the end; here it would be said twice.
            var contents = message.Contents.Where(c => keepsText || c is not TextContent).ToList();
            if (contents.Count > 0)
            {
                var kept = message.Clone();
                kept.Contents = contents;
                history.Add(mapper.ToContent(kept, response));
            }
        }
    }
}
