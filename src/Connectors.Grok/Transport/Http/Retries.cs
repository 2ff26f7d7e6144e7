using Connectors.Grok.Foundation;
using Polly;
using Polly.Retry;

namespace Connectors.Grok.Transport.Http;

/// <summary>The retry policy: which failures are retried, and after which delay. Only failures before the output of an answer get here.</summary>
internal static class Retries
{
    private static readonly ResiliencePropertyKey<string> ClientRequestId = new("grok.client_request_id");

    private static readonly ResiliencePropertyKey<bool> IsIdempotent = new("grok.is_idempotent");

    public static ResiliencePipeline Pipeline(GrokSettings settings, int most)
    {
        var jitter = settings.RetryJitter ?? Random.Shared.NextDouble;
        return new ResiliencePipelineBuilder { TimeProvider = settings.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = most,
                Delay = settings.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = jitter,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is GrokException e && ErrorKinds.IsRetried(e, settings.RetryServerErrors || args.Context.Properties.GetValue(IsIdempotent, false))),
                DelayGenerator = args => ValueTask.FromResult(
                    args.Outcome.Exception is GrokException { RetryAfter: { Ticks: > 0 } wait } ? RetryDelays.WithJitter(wait, jitter) : (TimeSpan?)null),
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is GrokException e)
                    {
                        ClientInstruments.RecordRetry(settings, e, args.AttemptNumber + 1, args.RetryDelay);
                        Log.Retry(
                            settings.Logger, args.AttemptNumber + 1, most, e.Kind, e.Status, args.RetryDelay, args.Context.Properties.GetValue(ClientRequestId, ""), e.RequestId);
                    }

                    return default;
                },
            })
            .Build();
    }

    /// <summary>Repeats a request whose first attempt failed.</summary>
    /// <param name="pipeline">The retries.</param>
    /// <param name="failure">The failure of the first attempt.</param>
    /// <param name="attempt">Makes one attempt.</param>
    /// <param name="state">The state of the call.</param>
    /// <param name="deadline">The deadline of the call.</param>
    /// <param name="isIdempotent">Whether a repeated request costs nothing, so that every server error is retried.</param>
    public static async ValueTask<T> RetryAsync<T, TState>(
        this ResiliencePipeline pipeline, GrokException failure, Func<TState, ValueTask<T>> attempt, TState state, Deadline deadline, bool isIdempotent)
    {
        GrokException? first = failure;
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, deadline.Token);
        try
        {
            context.Properties.Set(ClientRequestId, deadline.ClientRequestId);
            context.Properties.Set(IsIdempotent, isIdempotent);
            // The pipeline counts the attempt that was made before it.
            return await pipeline.ExecuteAsync(
                (_, s) => Interlocked.Exchange(ref first, null) is { } made ? ValueTask.FromException<T>(made) : attempt(s), context, state).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
