using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>Connects, and runs calls with retries after transient failures.</summary>
internal sealed class RedisConnection : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ConfigurePause = TimeSpan.FromMilliseconds(500);

    private readonly SharedConnection? _own;
    private readonly IConnectionMultiplexer? _given;
    private readonly RedisConversationStoreOptions _options;
    private readonly ReplicaWait? _wait;
    private long _configuredAt;
    private volatile bool _isReady;
    private volatile bool _isDisposed;

    public RedisConnection(string configuration, RedisConversationStoreOptions options)
    {
        var parsed = Parse(configuration);
        _options = options;
        _own = new(() => ConnectionMultiplexer.ConnectAsync(parsed));
        Keys = new(options.KeyPrefix);
        _wait = CreateWait(() => parsed.Clone());
    }

    public RedisConnection(IConnectionMultiplexer given, RedisConversationStoreOptions options)
    {
        _options = options;
        _given = given;
        Keys = new(options.KeyPrefix);
        _wait = CreateWait(() => Parse(given.Configuration));
    }

    public RedisKeys Keys { get; }

    public TimeProvider Time => _options.TimeProvider;

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ArgumentException">The text is blank or no configuration. The message does not repeat it.</exception>
    public static ConfigurationOptions Parse(string configuration)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        if (TryParse(configuration) is not { } options)
        {
            throw new ArgumentException("The text is not a configuration of StackExchange.Redis.", nameof(configuration));
        }

        // The store retries; a connection that cannot be made at the start is made later.
        options.AbortOnConnectFail = false;
        return options.EndPoints.Count > 0 ? options : throw new ArgumentException("The configuration names no Redis server.", nameof(configuration));
    }

    /// <summary>Runs a call, and retries it while the cluster fails over or connections break.</summary>
    /// <param name="work">The call. It reports each change through <see cref="Attempt"/> before it sends it.</param>
    /// <param name="isRepeatable">Whether the call may be retried after an attempt with an unknown outcome, because it recognises what that attempt changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<T> RunAsync<T>(Func<RedisSession, Task<T>> work, bool isRepeatable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = Time.GetTimestamp();
        var attempt = new Attempt();
        for (var retries = 0; ; retries++)
        {
            attempt.Begin();
            try
            {
                var multiplexer = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                var session = new RedisSession(multiplexer.GetDatabase(), Keys, attempt, cancellationToken);
                await PrepareAsync(session).ConfigureAwait(false);
                var result = await work(session).ConfigureAwait(false);
                if (_wait is not null)
                {
                    await _wait.WaitAsync(session, cancellationToken).ConfigureAwait(false);
                }

                return result;
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                attempt.Fail(e);
                var canRetry = RedisErrors.IsTransient(e) && (isRepeatable || !attempt.FollowsUncertain);
                if (!canRetry || Time.GetElapsedTime(started) >= _options.RetryTimeout)
                {
                    throw RedisErrors.Explain(e, attempt.FollowsUncertain);
                }
            }
            catch (InvalidDataException e)
            {
                throw RedisErrors.Unreadable(e);
            }

            await LookForMovedSlotsAsync(cancellationToken).ConfigureAwait(false);
            var pause = FirstPause * Math.Pow(2, Math.Min(retries, 4)) * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(pause, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _wait?.Dispose();
        _own?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_wait is not null)
        {
            await _wait.DisposeAsync().ConfigureAwait(false);
        }

        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The library's message repeats parts of the text, which may contain a password.
    private static ConfigurationOptions? TryParse(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private ReplicaWait? CreateWait(Func<ConfigurationOptions> configuration) => _options.MinReplicas == 0 ? null : new(configuration, _options.MinReplicas, _options.ReplicaTimeout);

    private async ValueTask<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(RedisConversationStore));
        return _given ?? await _own!.GetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks the format's version once, and writes it where there is none.</summary>
    private async ValueTask PrepareAsync(RedisSession session)
    {
        if (!_isReady)
        {
            await session.CheckVersionAsync(writesMissing: true).ConfigureAwait(false);
            _isReady = true;
        }
    }

    /// <summary>Asks the cluster which server has which slots, at most twice a second: after a failover, the library learns that with its next periodic check otherwise.</summary>
    private async ValueTask LookForMovedSlotsAsync(CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _configuredAt);
        var now = Time.GetTimestamp();
        if ((last != 0 && Time.GetElapsedTime(last, now) < ConfigurePause) || Interlocked.CompareExchange(ref _configuredAt, now, last) != last)
        {
            return;
        }

        try
        {
            var multiplexer = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await multiplexer.ConfigureAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            // The retry reports what is wrong.
        }
    }
}

/// <summary>The attempts of one call.</summary>
internal sealed class Attempt
{
    /// <summary>Whether an earlier attempt may have made a change although its answer was lost.</summary>
    public bool FollowsUncertain { get; private set; }

    /// <summary>Whether this attempt sent a change.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>What must be on replicas before the call returns.</summary>
    public List<Confirmation> Confirmations { get; } = [];

    public void Begin()
    {
        IsUncertain = false;
        Confirmations.Clear();
    }

    public void Fail(Exception e) => FollowsUncertain |= IsUncertain && RedisErrors.IsUncertain(e);
}

/// <summary>A change that a server must have, and replicate.</summary>
/// <param name="Slot">The hash tag of the keys.</param>
/// <param name="Kind">What is checked: <c>turn</c>, <c>name</c> or <c>gone</c>, as the script reads it, or <c>value</c>.</param>
/// <param name="Key">The turn, the name's instance, or the whole key.</param>
/// <param name="Token">The token of the call, or the value.</param>
/// <param name="Time">The time of the change.</param>
internal sealed record Confirmation(string Slot, string Kind, string Key, string Token, string Time);
