using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Adds the function calls of a streamed turn to the caller's history: invoked calls, with the reasoning before them, and their results.</summary>
/// <param name="history">The caller's history.</param>
/// <param name="mapper">Maps the messages.</param>
internal sealed class StreamedTurn(ChatHistory history, AnswerMapper mapper)
{
    private readonly List<ChatResponseUpdate> _pending = [];

    /// <summary>Processes an update. Calls are added to the history together with their results; calls without results are left to the caller.</summary>
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
            // The caller adds the streamed text as one message at the end; adding it here would duplicate it.
            var contents = message.Contents.Where(c => keepsText || c is not TextContent).ToList();
            if (contents.Count > 0)
            {
                var copy = message.Clone();
                copy.Contents = contents;
                history.Add(mapper.ToContent(copy, response));
            }
        }
    }
}
