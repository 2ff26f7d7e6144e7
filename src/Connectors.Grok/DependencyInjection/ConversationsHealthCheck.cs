using Connectors.Grok.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>Checks that the store of registered conversations could save a turn.</summary>
internal sealed class ConversationsHealthCheck(IServiceProvider services, object? key, TimeSpan timeout) : IHealthCheck
{
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var ended = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, cancellationToken);
        try
        {
            var store = services.GetRequiredKeyedService<ConversationStore>(key);

            // Waits no longer than the timeout for a store that ignores cancellation, too.
            await store.CheckAsync(either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return HealthCheckResult.Healthy("The conversation store answers and can be written to.");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, $"The conversation store did not answer within {timeout}.", e);
        }
        catch (Exception e) when (e is GrokException or OptionsValidationException or InvalidOperationException or ArgumentException)
        {
            return new(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
