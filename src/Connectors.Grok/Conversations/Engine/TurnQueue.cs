namespace Connectors.Grok.Conversations.Engine;

/// <summary>Admits one turn of a conversation at a time.</summary>
internal sealed class TurnQueue
{
    private readonly Dictionary<ConversationId, Line> _lines = [];

    /// <summary>Waits for the turns before this one. Disposing the result admits the next one.</summary>
    public async ValueTask<IDisposable> EnterAsync(ConversationId id, CancellationToken cancellationToken)
    {
        Line? line;
        lock (_lines)
        {
            if (!_lines.TryGetValue(id, out line))
            {
                _lines[id] = line = new Line();
            }

            line.Length++;
        }

        try
        {
            await line.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Place(this, id, line);
        }
        catch
        {
            Leave(id, line);
            throw;
        }
    }

    private void Leave(ConversationId id, Line line)
    {
        lock (_lines)
        {
            if (--line.Length == 0)
            {
                _lines.Remove(id);
                line.Gate.Dispose();
            }
        }
    }

    private sealed class Line
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        /// <summary>The number of turns that wait or run; a line without any is removed.</summary>
        public int Length { get; set; }
    }

    private sealed class Place(TurnQueue queue, ConversationId id, Line line) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                line.Gate.Release();
                queue.Leave(id, line);
            }
        }
    }
}
