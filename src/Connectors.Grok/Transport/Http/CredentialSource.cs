using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>Gets the credential of each attempt, and renews a rejected one; calls that are rejected at the same time share one renewal.</summary>
/// <param name="settings">The client's settings.</param>
internal sealed class CredentialSource(GrokSettings settings)
{
    private readonly CredentialSettings _credentials = settings.Credentials;
    private readonly Lock _lock = new();
    private Task<string>? _renewal;
    private string? _renewed;
    private int _renewals;

    /// <summary>Whether a callback returns the credential, so that a rejected one can be renewed.</summary>
    public bool CanRenew => _credentials.Ask is not null;

    /// <summary>The credential where no callback returns it.</summary>
    public SentCredential Fixed => new(_credentials.ApiKey, 0);

    /// <summary>Gets the credential of an attempt from the callback.</summary>
    /// <exception cref="GrokException">The callback returned no credential, or not in time. Its own exceptions pass through.</exception>
    public ValueTask<SentCredential> GetAsync(CancellationToken cancellationToken) =>
        AskAsync(_credentials.Ask!, cancellationToken);

    /// <summary>Gets another credential after one was rejected: that of a renewal that ended since it was asked for or is under way, otherwise of a new one.</summary>
    /// <exception cref="GrokException">The callback returned no credential, or not in time. Its own exceptions pass through.</exception>
    public async ValueTask<SentCredential> RenewAsync(SentCredential rejected, CancellationToken cancellationToken)
    {
        TaskCompletionSource<string>? own = null;
        Task<string> renewal;
        lock (_lock)
        {
            if (_renewals != rejected.Generation)
            {
                return new(_renewed, _renewals);
            }

            if (_renewal is null)
            {
                own = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _renewal = own.Task;
            }

            renewal = _renewal;
        }

        if (own is not null)
        {
            // The others wait for it too: it must not end with the call that began it.
            _ = RenewAsync(own);
        }

        return new(await renewal.WaitAsync(cancellationToken).ConfigureAwait(false), rejected.Generation + 1);
    }

    private async Task RenewAsync(TaskCompletionSource<string> result)
    {
        try
        {
            var value = await CallAsync(_credentials.Renew!, nameof(GrokChatClientOptions.RenewCredential), default).ConfigureAwait(false);
            lock (_lock)
            {
                (_renewed, _renewal) = (value, null);
                _renewals++;
            }

            result.SetResult(value);
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _renewal = null;
            }

            result.SetException(e);
            // Observed, also if every call was cancelled in the meantime.
            _ = result.Task.Exception;
        }
    }

    private async ValueTask<SentCredential> AskAsync(Func<CancellationToken, ValueTask<string>> ask, CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _renewals);
        return new(await CallAsync(ask, nameof(GrokChatClientOptions.Credential), cancellationToken).ConfigureAwait(false), generation);
    }

    private async ValueTask<string> CallAsync(Func<CancellationToken, ValueTask<string>> ask, string option, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = ask(limit.Token);
        var value = asked.IsCompletedSuccessfully ? asked.Result : await InTimeAsync(asked.AsTask(), option, limit, cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(value) || !CredentialSettings.IsCredential(value))
        {
            throw new GrokException(
                GrokErrorKind.Authentication,
                $"{nameof(GrokChatClientOptions)}.{option} returned {(string.IsNullOrWhiteSpace(value) ? "no value" : "a value with a line break, a space or another character that credentials do not contain")}: nothing was sent.");
        }

        _credentials.Secrets.Add(value);
        return value;
    }

    private async Task<string> InTimeAsync(Task<string> asked, string option, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.WaitAsync(_credentials.Timeout, settings.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!asked.IsCompleted)
        {
            await limit.CancelAsync().ConfigureAwait(false);
            var words = $"{nameof(GrokChatClientOptions)}.{option} returned nothing within {_credentials.Timeout} ({nameof(GrokChatClientOptions.CredentialTimeout)}).";
            throw new GrokException(GrokErrorKind.Timeout, words, new TimeoutException(words, e));
        }
    }
}

/// <summary>A credential as one attempt sent it. Not a record: the generated text of a record would show the value.</summary>
/// <param name="value">The value; null for none.</param>
/// <param name="generation">The number of renewals that had ended when the value was asked for.</param>
internal readonly struct SentCredential(string? value, int generation)
{
    public string? Value { get; } = value;

    public int Generation { get; } = generation;
}
