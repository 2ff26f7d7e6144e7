using System.Runtime.CompilerServices;
using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>The conversation at work: sends a message, streams the answer, and records it as a turn when it is complete.</summary>
internal sealed class ChatSession(IChatClient client, WireTap wire, string? system, string? continues, IReadOnlyList<AIContent> images)
{
    private readonly List<string> _unfinished = [];
    private IReadOnlyList<AIContent> _images = images;

    public ConversationTree Tree { get; private set; } = new(continues);

    /// <summary>What all answers of this session took, those on other branches and of deleted conversations included.</summary>
    public UsageDetails Usage { get; } = new();

    public decimal CostInUsd => Usage.GetCostInUsd() ?? 0;

    public int AnswerCount { get; private set; }

    /// <summary>How many answers came without a price.</summary>
    public int UnpricedCount { get; private set; }

    /// <summary>Streams the answer to a message that follows the head. The head moves when the stream ends well, and only then.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> SendAsync(string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var user = new ChatMessage(ChatRole.User, [.. _images, new TextContent(text)]);
        var (messages, conversationId) = Tree.Continue(user);
        // Given on every turn: the connector sends it where the service does not have it already.
        var options = new ChatOptions { Instructions = system, ConversationId = conversationId };
        var updates = new List<ChatResponseUpdate>();
        var isComplete = false;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                updates.Add(update);
                yield return update;
            }

            isComplete = true;
        }
        finally
        {
            if (!isComplete && updates.FirstOrDefault(static u => u.ResponseId is not null)?.ResponseId is { } id)
            {
                // The service may have stored it all the same, and /delete promises to leave nothing.
                _unfinished.Add(id);
            }
        }

        Record(user, updates.ToChatResponse());
    }

    /// <summary>Deletes what the service stored of this conversation, all branches, and begins a new one.</summary>
    /// <returns>How many responses the service deleted.</returns>
    public async Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        var responses = client.GetService<GrokResponsesClient>() ?? throw new InvalidOperationException("The client has no typed routes.");
        var ids = Tree.Turns.Select(static t => t.ResponseId).OfType<string>().Concat(_unfinished).ToList();
        var deleted = 0;
        foreach (var id in ids)
        {
            try
            {
                await responses.DeleteAsync(id, cancellationToken);
                deleted++;
            }
            catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
            {
                // Never stored, expired, or deleted by an attempt that failed half-way: gone is what was wanted.
            }
        }

        Tree = new ConversationTree();
        _unfinished.Clear();
        return deleted;
    }

    private void Record(ChatMessage user, ChatResponse response)
    {
        Tree.Add(user, response, wire.BytesSent);
        _images = [];
        AnswerCount++;
        if (response.Usage is { } usage)
        {
            Usage.Add(usage);
        }

        UnpricedCount += response.Usage?.GetCostInUsd() is null ? 1 : 0;
    }
}
