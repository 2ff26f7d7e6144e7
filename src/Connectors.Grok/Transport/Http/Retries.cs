using Connectors.Grok.Foundation;
using Polly;
using Polly.Retry;

namespace Connectors.Grok.Transport.Http;

/// <summary>The retry policy: retries transient errors only, and only before any part of the answer was read.</summary>
internal static class Retries
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);

    public static ResiliencePipeline<HttpResponseMessage> Pipeline(GrokSettings settings, int most) => most == 0
        ? ResiliencePipeline<HttpResponseMessage>.Empty
        : new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = settings.TimeProvider }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = most,
                Delay = settings.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = settings.RetryJitter ?? Random.Shared.NextDouble,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is GrokException { IsTransient: true }),
                DelayGenerator = static args => ValueTask.FromResult(
                    args.Outcome.Exception is GrokException { RetryAfter: { Ticks: > 0 } wait } ? wait < LongestWait ? wait : LongestWait : (TimeSpan?)null),
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is GrokException e)
                    {
                        ClientInstruments.RecordRetry(e, args.AttemptNumber + 1, args.RetryDelay);
                        Log.Retry(settings.Logger, args.AttemptNumber + 1, most, e.Kind, e.Status, args.RetryDelay);
                    }

                    return default;
                },
            })
            .Build();
}
