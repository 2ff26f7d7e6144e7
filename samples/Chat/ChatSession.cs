using System.Runtime.CompilerServices;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>
/// The conversation at work. With <c>--conversation</c> its store is a file; else it is memory, and the conversation has a name that
/// nobody needs to know. Everything else is the same.
/// </summary>
internal sealed class ChatSession(ConversationChatClient client, ConversationStore store, WireTap wire, ChatCommandLine line, IReadOnlyList<AIContent> images)
{
    private readonly List<(string Conversation, string Response)> _unfinished = [];
    private IReadOnlyList<AIContent> _images = images;
    private string? _root = line.Continue;
    private ConversationTree? _tree;

    /// <summary>The conversation's name in the store.</summary>
    public string Name { get; private set; } = line.Conversation ?? Guid.NewGuid().ToString("N");

    /// <summary>Whether it outlives this program.</summary>
    public bool IsKept { get; } = line.Conversation is not null;

    /// <summary>Whether it goes on from a response of an earlier run.</summary>
    public bool IsRooted => _root is not null;

    public ConversationManager Conversations => client.Conversations;

    public Spending Spending { get; } = new();

    /// <summary>The last answer of this session.</summary>
    public Answer? Last { get; private set; }

    /// <summary>Streams the answer to a message that follows the head. The head moves when the stream ends well, and only then.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> SendAsync(string text, CancellationToken cancellationToken) =>
        FollowAsync(client.GetStreamingResponseAsync([new(ChatRole.User, [.. _images, new TextContent(text)])], Options(), cancellationToken), cancellationToken);

    /// <summary>Streams another answer to the last question, as a new branch.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> RegenerateAsync(CancellationToken cancellationToken) =>
        FollowAsync(client.RegenerateStreamingAsync(Name, Options(), cancellationToken), cancellationToken);

    /// <summary>The conversation as the store has it now; other programs may have gone on with it.</summary>
    public async Task<ConversationTree> ReadAsync(CancellationToken cancellationToken)
    {
        var state = await Conversations.GetAsync(Name, cancellationToken);
        return _tree = new ConversationTree(state?.Head, state is null ? [] : await Conversations.GetTreeAsync(Name, cancellationToken));
    }

    /// <summary>Moves the head: the next message follows that turn, or begins anew with null.</summary>
    /// <exception cref="UserException">Another program moved it meanwhile.</exception>
    public async Task MoveAsync(ConversationTree from, ConversationTurn? to, CancellationToken cancellationToken)
    {
        if (!await store.MoveAsync(new("", Name), to?.Id, from.Head?.Id, cancellationToken))
        {
            throw new UserException("Another program changed this conversation meanwhile: look at /history, and try again.");
        }

        _tree = null;
    }

    /// <summary>Makes a second conversation that shares the turns up to one, and goes on with it.</summary>
    /// <exception cref="UserException">The name is taken.</exception>
    public async Task ForkAsync(string name, ConversationTurn at, CancellationToken cancellationToken)
    {
        try
        {
            await Conversations.ForkAsync(Name, name, at.Id, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new UserException($"There is a conversation {TerminalText.Excerpt(name, 60)} already: choose another name.");
        }

        Switch(name);
    }

    /// <summary>Goes on with another conversation, which begins with the next message when there is none of that name.</summary>
    public void Switch(string name) => (Name, _root, _tree) = (name, null, null);

    /// <summary>Deletes the conversation, all branches, here and on the server. The next message begins it anew.</summary>
    /// <returns>How many responses the service deleted.</returns>
    /// <exception cref="ConversationDeleteException">It is deleted here, but not all of it on the server; deleting again tries those again.</exception>
    public async Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            (_root, _tree) = (null, null);
            var deleted = await Conversations.DeleteAsync(Name, cancellationToken);
            var unfinished = _unfinished.Where(u => u.Conversation == Name).Select(static u => u.Response).ToList();
            _unfinished.RemoveAll(u => u.Conversation == Name);
            return deleted + await Conversations.DeleteResponsesAsync(unfinished, cancellationToken);
        }
        catch (ConversationDeleteException e)
        {
            _unfinished.AddRange(e.ResponseIds.Select(id => (Name, id)));
            throw;
        }
    }

    /// <summary>Given on every turn: each is sent only where the service does not have it already.</summary>
    private ChatOptions Options()
    {
        var options = new ChatOptions { ConversationId = Name, Instructions = line.System };
        options = _root is null ? options : options.WithPreviousResponseId(_root);
        // Said with the turn too, so that a conversation whose last answer is stored goes on without its id.
        return line.NoStore ? options.WithStore(false) : options;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> FollowAsync(
        IAsyncEnumerable<ChatResponseUpdate> answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = wire.BytesSent;
        var updates = new List<ChatResponseUpdate>();
        await using var stream = answer.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(stream, updates))
        {
            updates.Add(stream.Current);
            yield return stream.Current;
        }

        await RecordAsync(updates, wire.BytesSent - before);
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
                // The service may have stored it all the same, and /delete promises to leave nothing.
                _unfinished.Add((Name, id));
            }

            throw;
        }
    }

    private async Task RecordAsync(List<ChatResponseUpdate> updates, long bytesSent)
    {
        var response = updates.ToChatResponse();
        // The turn is made; stopping comes too late.
        var turn = await store.GetTurnAsync("", response.GetTurnId()!, CancellationToken.None);
        var tree = _tree is { } known && known.Head?.Id == turn?.ParentId ? known : await ReadAsync(CancellationToken.None);
        if (turn is null || !tree.Follow(turn))
        {
            throw new UserException("Another program deleted this conversation meanwhile: this answer is not kept.");
        }

        Last = new Answer(tree.Number(turn), turn, response, response.GetRebuildReason()?.ToString(), bytesSent);
        Spending.Add(response.Usage);
        _images = [];
    }
}
