using System.Collections.Concurrent;

namespace Connectors.Grok.Emulator.State;

/// <summary>The stored responses, in memory, until they expire (docs/wire.md#storage).</summary>
internal sealed class ResponseStore(TimeProvider time, TimeSpan retention)
{
    private const int SweepEvery = 256;

    private readonly ConcurrentDictionary<(string Part, string Id), StoredResponse> _responses = new();
    private int _added;

    public void Clear() => _responses.Clear();

    public void Add(StoredResponse response)
    {
        _responses[(response.Part, response.Id)] = response;
        if (Interlocked.Increment(ref _added) % SweepEvery == 0)
        {
            Sweep();
        }
    }

    public int Count
    {
        get
        {
            Sweep();
            return _responses.Count;
        }
    }

    public StoredResponse? Find(string id, string part) =>
        _responses.TryGetValue((part, id), out var response) && !IsExpired(response) && response.ReadableFrom <= time.GetUtcNow() ? response : null;

    public bool Remove(string id, string part) => Find(id, part) is not null && _responses.TryRemove((part, id), out _);

    private bool IsExpired(StoredResponse response) => time.GetUtcNow() - response.CreatedAt >= retention;

    private void Sweep()
    {
        foreach (var (key, response) in _responses)
        {
            if (IsExpired(response))
            {
                _responses.TryRemove(key, out _);
            }
        }
    }
}
