using System.Runtime.CompilerServices;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>
/// The current conversation. With <c>--conversation</c> or <c>--database</c> it is stored in a file; otherwise it is stored in memory. Without
/// <c>--conversation</c> its name is generated.
/// </summary>
internal sealed class ChatSession(ConversationChatClient client, ConversationStore store, WireTap wire, ChatCommandLine line, IReadOnlyList<AIContent> images)
{
    private readonly List<(string Conversation, string ResponseId)> _interruptedResponseIds = [];
    private IReadOnlyList<AIContent> _images = images;
    private string? _previousResponseId = line.Continue;
    private ConversationTree? _tree;

    /// <summary>The conversation's name in the store.</summary>
    public string Name { get; private set; } = line.Conversation ?? (store is InMemoryConversationStore ? Guid.NewGuid().ToString("N") : $"chat-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..4]}");

    /// <summary>Whether the conversation is stored in a file.</summary>
    public bool IsPersistent { get; } = store is not InMemoryConversationStore;

    /// <summary>Whether the conversation continues from a response of an earlier run.</summary>
    public bool ContinuesResponse => _previousResponseId is not null;

    public ConversationManager Conversations => client.Conversations;

    public Spending Spending { get; } = new();

    /// <summary>The last answer of this session.</summary>
    public Answer? Last { get; private set; }

    /// <summary>Sends a message that follows the head, and streams the answer. The head moves when the stream completes.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> SendAsync(string text, CancellationToken cancellationToken) =>
        FollowAsync(client.GetStreamingResponseAsync([new(ChatRole.User, [.. _images, new TextContent(text)])], Options(), cancellationToken), cancellationToken);

    /// <summary>Requests another answer to the last message, and streams it as a new branch.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> RegenerateAsync(CancellationToken cancellationToken) =>
        FollowAsync(client.RegenerateStreamingAsync(Name, Options(), cancellationToken), cancellationToken);

    /// <summary>Reads the current state of the conversation from the store; other programs can have changed it.</summary>
    public async Task<ConversationTree> ReadAsync(CancellationToken cancellationToken) => _tree = await ReadAsync(Name, cancellationToken);

    /// <summary>Reads the current state of a conversation; empty when it does not exist.</summary>
    public async Task<ConversationTree> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var state = await Conversations.GetAsync(name, cancellationToken);
        return new ConversationTree(state?.Head, state is null ? [] : await Conversations.GetTreeAsync(name, cancellationToken));
    }

    /// <summary>Moves the head to a turn that the next message follows; null to start from the beginning.</summary>
    /// <exception cref="UserException">Another program changed the conversation.</exception>
    public async Task MoveAsync(ConversationTree tree, ConversationTurn? turn, CancellationToken cancellationToken)
    {
        if (!await store.MoveAsync(new("", Name), turn?.Id, tree.Head?.Id, cancellationToken: cancellationToken))
        {
            throw new UserException("Another program changed this conversation. Check /history and try again.");
        }

        _tree = null;
    }

    /// <summary>Creates a fork that shares the turns up to a given turn, and switches to it.</summary>
    /// <exception cref="UserException">The name is in use.</exception>
    public async Task ForkAsync(string name, ConversationTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            await Conversations.ForkAsync(Name, name, turn.Id, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new UserException($"The conversation {TerminalText.Name(name, 60)} already exists. Choose another name.");
        }

        Switch(name);
    }

    /// <summary>Has the service write a summary that takes the place of the turns.</summary>
    public async Task<CompactedConversation> CompactAsync(CancellationToken cancellationToken)
    {
        _tree = null;
        return await Conversations.CompactAsync(Name, cancellationToken);
    }

    /// <summary>Switches to another conversation; the next message creates it if it does not exist.</summary>
    public void Switch(string name) => (Name, _previousResponseId, _tree) = (name, null, null);

    /// <summary>Deletes the conversation with all branches, locally and on the server. The next message starts a new one under the same name.</summary>
    /// <returns>The number of responses that were deleted on the server.</returns>
    /// <exception cref="ConversationDeleteException">The conversation was deleted locally, but some responses were not deleted on the server. Deleting again retries them.</exception>
    public async Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            (_previousResponseId, _tree) = (null, null);
            var deleted = await Conversations.DeleteAsync(Name, cancellationToken);
            var interrupted = _interruptedResponseIds.Where(u => u.Conversation == Name).Select(static u => u.ResponseId).ToList();
            _interruptedResponseIds.RemoveAll(u => u.Conversation == Name);
            return deleted + await Conversations.DeleteResponsesAsync(interrupted, cancellationToken);
        }
        catch (ConversationDeleteException e)
        {
            _interruptedResponseIds.AddRange(e.ResponseIds.Select(id => (Name, id)));
            throw;
        }
    }

    /// <summary>Creates the options of a turn. The client sends an option only if it changed since the previous turn.</summary>
    private ChatOptions Options()
    {
        var options = new ChatOptions { ConversationId = Name, Instructions = line.System };
        options = _previousResponseId is null ? options : options.WithPreviousResponseId(_previousResponseId);
        // Set per turn too, so that a conversation whose last response is stored continues without its id.
        return line.NoStore ? options.WithStore(false) : options;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> FollowAsync(
        IAsyncEnumerable<ChatResponseUpdate> answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bytesBefore = wire.BytesSent;
        var updates = new List<ChatResponseUpdate>();
        await using var stream = answer.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(stream, updates))
        {
            updates.Add(stream.Current);
            yield return stream.Current;
        }

        await RecordAsync(updates, wire.BytesSent - bytesBefore);
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> stream, List<ChatResponseUpdate> updates)
    {
        try
        {
            return await stream.MoveNextAsync();
        }
        catch (Exception e) when (e is not ConversationConflictException)
        {
            if (updates.Find(static u => u.ResponseId is not null)?.ResponseId is { } id)
            {
                // The server may have stored the interrupted response, and /delete must delete it too.
                _interruptedResponseIds.Add((Name, id));
            }

            throw;
        }
    }

    private async Task RecordAsync(List<ChatResponseUpdate> updates, long bytesSent)
    {
        var response = updates.ToChatResponse();
        // The turn is complete, so cancellation no longer applies.
        var turn = await store.GetTurnAsync("", response.GetTurnId()!, CancellationToken.None);
        var tree = _tree is { } known && known.Head?.Id == turn?.ParentId ? known : await ReadAsync(CancellationToken.None);
        if (turn is null || !tree.Follow(turn))
        {
            throw new UserException("Another program deleted this conversation, so this answer was not stored. Send the message again.");
        }

        Last = new Answer(tree.Number(turn), turn, response, response.GetRebuildReason()?.ToString(), bytesSent);
        Spending.Add(response.Usage);
        _images = [];
    }
}
