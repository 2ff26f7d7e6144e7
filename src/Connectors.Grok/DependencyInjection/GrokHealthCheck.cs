using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>Checks the settings of one registered client and, if enabled, whether the service answers.</summary>
internal sealed class GrokHealthCheck(IServiceProvider services, object? key, GrokHealthCheckOptions options) : IHealthCheck, IDisposable
{
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (DateTimeOffset Time, string? Failure, Exception? Exception)? _last;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        GrokChatClient client;
        try
        {
            client = services.GetRequiredKeyedService<GrokChatClient>(key);
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            return new(context.Registration.FailureStatus, e.Message, e);
        }

        var metadata = client.GetService<ChatClientMetadata>()!;
        var data = new Dictionary<string, object>
        {
            ["endpoint"] = metadata.ProviderUri!.AbsoluteUri,
            ["model"] = metadata.DefaultModelId!,
        };
        var route = options.PingRoute ?? (client.GetService<GrokSettings>()!.Host.HasModels ? null : "");
        if (options.Ping && route is "")
        {
            return HealthCheckResult.Healthy($"The settings are complete. This host has no route to ping without {nameof(options.PingRoute)}.", data);
        }

        if (!options.Ping)
        {
            return HealthCheckResult.Healthy("The settings are complete.", data);
        }

        var (time, failure, exception) = await LastPingAsync(client.GetService<GrokResponsesClient>()!, route, cancellationToken).ConfigureAwait(false);
        data["asked_at"] = time;
        return failure is null
            ? HealthCheckResult.Healthy("The service answers.", data)
            : new(context.Registration.FailureStatus, failure, exception, data);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Concurrent checks share one ping.</summary>
    private async Task<(DateTimeOffset Time, string? Failure, Exception? Exception)> LastPingAsync(GrokResponsesClient client, string? route, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is { } last && _time.GetUtcNow() - last.Time < options.CacheDuration)
            {
                return last;
            }

            var (failure, exception) = await PingAsync(client, route, cancellationToken).ConfigureAwait(false);
            _last = (_time.GetUtcNow(), failure, exception);
            return _last.Value;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(string? Failure, Exception? Exception)> PingAsync(GrokResponsesClient client, string? route, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.PingTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await (route is null ? client.ListModelsAsync(either.Token) : client.Http.PingAsync(route, either.Token)).ConfigureAwait(false);
            return (null, null);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"The service did not answer within {options.PingTimeout}.", e);
        }
        catch (GrokException e)
        {
            return (e.Message, e);
        }
    }
}
