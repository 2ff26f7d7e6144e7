using Microsoft.Extensions.Primitives;

namespace Connectors.Grok.Emulator.Requests;

/// <summary>The received requests, oldest first. Beyond the capacity the oldest are discarded.</summary>
internal sealed class RequestLog(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _requests = new();

    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_lock)
        {
            return [.. _requests];
        }
    }

    public RecordedRequest Add(HttpRequest request, byte[] body)
    {
        var headers = request.Headers.ToDictionary(header => header.Key, header => Redact(header.Key, header.Value), StringComparer.OrdinalIgnoreCase);
        var recorded = new RecordedRequest(request.Method, request.Path + request.QueryString, headers, [.. request.Headers.Select(header => header.Value.ToString())], body);
        lock (_lock)
        {
            _requests.Enqueue(recorded);
            while (_requests.Count > capacity)
            {
                _requests.Dequeue();
            }
        }

        return recorded;
    }

    // A value without a scheme is the key itself.
    private static string Redact(string name, StringValues value) => !IsSecret(name) ? value.ToString()
        : value.ToString().Split(' ', 2) is [var scheme, _] ? $"{scheme} ***"
        : "***";

    private static bool IsSecret(string name) =>
        name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) || name.EndsWith("api-key", StringComparison.OrdinalIgnoreCase);
}
