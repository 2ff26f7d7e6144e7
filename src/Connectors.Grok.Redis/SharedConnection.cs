using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>A connection that is made on first use. When that fails, the next use tries again.</summary>
internal sealed class SharedConnection(Func<Task<ConnectionMultiplexer>> connect) : IAsyncDisposable, IDisposable
{
    private Lazy<Task<ConnectionMultiplexer>> _connection = new(connect);

    public Task<ConnectionMultiplexer> GetAsync(CancellationToken cancellationToken)
    {
        var current = Volatile.Read(ref _connection);
        if (current is { IsValueCreated: true, Value: { IsFaulted: true } or { IsCanceled: true } })
        {
            Interlocked.CompareExchange(ref _connection, new(connect), current);
            current = Volatile.Read(ref _connection);
        }

        return current.Value.WaitAsync(cancellationToken);
    }

    public void Dispose() => Made()?.Dispose();

    public ValueTask DisposeAsync() => Made()?.DisposeAsync() ?? default;

    private ConnectionMultiplexer? Made() =>
        _connection is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } made } ? made.GetAwaiter().GetResult() : null;
}
