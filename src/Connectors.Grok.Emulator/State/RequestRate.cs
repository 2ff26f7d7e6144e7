namespace Connectors.Grok.Emulator.State;

/// <summary>Limits the number of requests in any second.</summary>
internal sealed class RequestRate(TimeProvider time, int limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _accepted = new();

    /// <summary>Accepts a request, unless there were as many as allowed within the last second.</summary>
    public bool TryAccept()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_accepted.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromSeconds(1))
            {
                _accepted.Dequeue();
            }

            if (_accepted.Count >= limit)
            {
                return false;
            }

            _accepted.Enqueue(now);
            return true;
        }
    }
}
