using System.Diagnostics;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>Another node that appends to a conversation of its own while something long runs, and how long it waits.</summary>
internal sealed class OtherWriter : IAsyncDisposable
{
    private static readonly TimeSpan BetweenAppends = TimeSpan.FromMilliseconds(10);

    private readonly ConversationStore _store;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;
    private double _longest;
    private int _failures;

    private OtherWriter(ConversationStore store, string name)
    {
        _store = store;
        _writing = Task.Run(() => WriteAsync(name));
    }

    /// <summary>Starts a writer over a store, which it disposes.</summary>
    public static OtherWriter Start(ConversationStore store, string name) => new(store, name);

    /// <summary>The longest append in milliseconds; infinite when one failed.</summary>
    public async Task<double> LongestAsync()
    {
        await _end.CancelAsync();
        await _writing;
        return _failures > 0 ? double.PositiveInfinity : _longest;
    }

    public async ValueTask DisposeAsync()
    {
        await LongestAsync();
        await ((IAsyncDisposable)_store).DisposeAsync();
        _end.Dispose();
    }

    private async Task WriteAsync(string name)
    {
        string? head = null;
        for (var depth = 0; !_end.IsCancellationRequested; depth++)
        {
            var turn = StoreMedium.Turn($"{name}/{depth}", head, depth, []);
            var watch = Stopwatch.StartNew();
            try
            {
                _failures += await _store.AppendAsync(new(StoreMedium.Tenant, name), turn, head, cancellationToken: CancellationToken.None) ? 0 : 1;
                head = turn.Id;
            }
            catch (ConversationStoreException)
            {
                _failures++;
            }

            _longest = Math.Max(_longest, watch.Elapsed.TotalMilliseconds);
            await Task.Delay(BetweenAppends, TimeProvider.System, CancellationToken.None);
        }
    }
}
