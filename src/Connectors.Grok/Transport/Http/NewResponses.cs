using System.Collections.Concurrent;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// The responses that this client received a short time ago. Some services do not know them yet when they are continued, read or deleted: the request is then repeated within
/// a bound, before anything is resent in full.
/// </summary>
/// <param name="settings">The client's settings.</param>
internal sealed class NewResponses(GrokSettings settings)
{
    private const int MostIds = 10_000;
    private static readonly TimeSpan NewFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(8);
    private readonly ConcurrentDictionary<string, long> _received = new(StringComparer.Ordinal);

    /// <summary>Remembers a response that was received now.</summary>
    public void Add(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return;
        }

        if (_received.Count >= MostIds)
        {
            foreach (var (old, time) in _received)
            {
                if (!IsNew(time))
                {
                    _received.TryRemove(old, out _);
                }
            }
        }

        if (_received.Count < MostIds)
        {
            _received[id] = settings.TimeProvider.GetTimestamp();
        }
    }

    /// <summary>Sends a request, and repeats it while the service does not know the new response that it names.</summary>
    /// <exception cref="GrokException">The request failed; with <see cref="GrokErrorKind.UnknownResponse"/>, the time is over or the response is not new.</exception>
    public async Task<T> SendAsync<T>(Func<ValueTask<T>> send, Deadline deadline)
    {
        var (start, delay, attempt) = (0L, FirstDelay, 0);
        while (true)
        {
            GrokException failure;
            try
            {
                return await send().ConfigureAwait(false);
            }
            catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse && !e.RefusesState && deadline.Stored is { } stored && (attempt > 0 || IsNew(stored.Id)))
            {
                failure = e;
            }

            start = attempt == 0 ? settings.TimeProvider.GetTimestamp() : start;
            var left = settings.Hosting.NewResponseTimeout - settings.TimeProvider.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw failure;
            }

            var wait = delay < left ? delay : left;
            ClientInstruments.RecordRetry(settings, failure, ++attempt, wait);
            Log.ResponseNotReadable(settings.Logger, deadline.ClientRequestId, wait);
            await Task.Delay(wait, settings.TimeProvider, deadline.Token).ConfigureAwait(false);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    /// <summary>Forgets a response that was deleted.</summary>
    public void Remove(string id) => _received.TryRemove(id, out _);

    private bool IsNew(string id) => _received.TryGetValue(id, out var time) && IsNew(time);

    private bool IsNew(long time) => settings.TimeProvider.GetElapsedTime(time) < NewFor;
}
