using System.Collections.Concurrent;

namespace Connectors.Grok.Emulator.State;

/// <summary>The stored responses, in memory, until they expire (docs/wire.md#storage). Beyond the limit in bytes the oldest are removed, as if they had expired.</summary>
internal sealed class ResponseStore(TimeProvider time, TimeSpan retention, long maxBytes)
{
    private const int SweepEvery = 256;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Part, string Id), StoredResponse> _responses = new();
    private Queue<(string Part, string Id)> _order = new();
    private long _bytes;
    private int _added;

    public void Clear()
    {
        lock (_lock)
        {
            _responses.Clear();
            _order.Clear();
            _bytes = 0;
        }
    }

    public void Add(StoredResponse response)
    {
        var key = (response.Part, response.Id);
        lock (_lock)
        {
            Forget(key);
            _responses[key] = response;
            _order.Enqueue(key);
            _bytes += response.Bytes;
            while (_bytes > maxBytes && _order.Count > 1)
            {
                Forget(_order.Dequeue());
            }

            if (++_added % SweepEvery == 0)
            {
                Sweep();
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                Sweep();
                return _responses.Count;
            }
        }
    }

    public StoredResponse? Find(string id, string part) =>
        _responses.TryGetValue((part, id), out var response) && !IsExpired(response) && response.ReadableFrom <= time.GetUtcNow() ? response : null;

    public bool Remove(string id, string part)
    {
        lock (_lock)
        {
            return Find(id, part) is not null && Forget((part, id));
        }
    }

    private bool IsExpired(StoredResponse response) => time.GetUtcNow() - response.CreatedAt >= retention;

    private bool Forget((string Part, string Id) key)
    {
        var isRemoved = _responses.TryRemove(key, out var response);
        _bytes -= response?.Bytes ?? 0;
        return isRemoved;
    }

    // A key occurs twice in the order when its response was in progress first.
    private void Sweep()
    {
        foreach (var (key, _) in _responses.Where(entry => IsExpired(entry.Value)))
        {
            Forget(key);
        }

        _order = new Queue<(string Part, string Id)>(_order.Where(_responses.ContainsKey).Distinct());
    }
}
