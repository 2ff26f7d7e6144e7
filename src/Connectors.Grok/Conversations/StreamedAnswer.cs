using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// An answer while it is streamed, and as a whole at its end. Straight from the service's client it is what it would be if it had not been
/// streamed; through layers that may have changed something it is what came through them.
/// </summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly Func<ChatResponse>? _whole;
    private readonly AnswerCollector? _collector;

    private StreamedAnswer(IAsyncEnumerable<ChatResponseUpdate> updates, Func<ChatResponse>? whole, CancellationToken cancellationToken)
    {
        _updates = updates.GetAsyncEnumerator(cancellationToken);
        _whole = whole;
        _collector = whole is null ? new AnswerCollector() : null;
    }

    /// <summary>Starts an answer, which goes on with the first <see cref="MoveNextAsync"/>.</summary>
    public static StreamedAnswer Start(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        if (client is not GrokChatClient grok)
        {
            return new(client.GetStreamingResponseAsync(messages, options, cancellationToken), null, cancellationToken);
        }

        var (updates, whole) = grok.Stream(messages, options, cancellationToken);
        return new(updates, whole, cancellationToken);
    }

    public ValueTask<bool> MoveNextAsync() => _updates.MoveNextAsync();

    /// <summary>The update that the stream stands on; to be taken once.</summary>
    public ChatResponseUpdate Take()
    {
        var update = _updates.Current;
        _collector?.Add(update);
        return update;
    }

    /// <summary>All of it, after the last update was taken.</summary>
    public ChatResponse ToResponse() => _whole?.Invoke() ?? _collector!.ToResponse();

    public ValueTask DisposeAsync()
    {
        _collector?.Dispose();
        return _updates.DisposeAsync();
    }
}
