using Connectors.Grok.Emulator.Turns;
using Microsoft.Extensions.Primitives;

namespace Connectors.Grok.Emulator.Requests;

/// <summary>The received requests, oldest first. Beyond the capacity, in requests or in bytes, the oldest are discarded.</summary>
internal sealed class RequestLog(int capacity, long maxBytes, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private long _bytes;
    private long _received;
    private long _cost;

    /// <summary>The number of all requests received, including those that were discarded.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The cost of all completed responses, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks => Interlocked.Read(ref _cost);

    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_lock)
        {
            return [.. _requests];
        }
    }

    /// <summary>Sets the response that was completed for a request.</summary>
    public void Complete(RecordedRequest request, Turn turn)
    {
        (request.CompletedResponseId, request.Completed) = (turn.Id, CompletedTurn.From(turn));
        Interlocked.Add(ref _cost, turn.Usage.CostInUsdTicks);
    }

    public RecordedRequest Add(HttpRequest request, byte[] body)
    {
        var headers = request.Headers.ToDictionary(header => header.Key, header => Redact(header.Key, header.Value), StringComparer.OrdinalIgnoreCase);
        var recorded = new RecordedRequest(request.Method, request.Path + request.QueryString, headers, [.. request.Headers.Select(header => header.Value.ToString())], body)
        {
            Number = Interlocked.Increment(ref _received),
            ReceivedAt = time.GetUtcNow(),
        };
        lock (_lock)
        {
            _requests.Enqueue(recorded);
            _bytes += recorded.Footprint;
            while (_requests.Count > capacity || (_bytes > maxBytes && _requests.Count > 1))
            {
                _bytes -= _requests.Dequeue().Footprint;
            }
        }

        return recorded;
    }

    // A value without a scheme is the key itself.
    private static string Redact(string name, StringValues value) => !IsSecret(name) ? value.ToString()
        : value.ToString().Split(' ', 2) is [var scheme, _] ? $"{scheme} ***"
        : "***";

    private static bool IsSecret(string name) =>
        name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) || name.EndsWith("api-key", StringComparison.OrdinalIgnoreCase) || name.Equals("cookie", StringComparison.OrdinalIgnoreCase);
}
