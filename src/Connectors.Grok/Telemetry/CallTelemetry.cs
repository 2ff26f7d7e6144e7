using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Telemetry;

/// <summary>Records activities and metrics of calls; adds nothing when nobody listens.</summary>
internal static class CallTelemetry
{
    private static bool IsWanted => ClientInstruments.Source.HasListeners() || ClientInstruments.TimeToFirstToken.Enabled || ClientInstruments.Tokens.Enabled
        || ClientInstruments.CachedTokens.Enabled || ClientInstruments.CachedShare.Enabled || ClientInstruments.ReasoningTokens.Enabled || ClientInstruments.Cost.Enabled;

    /// <summary>Measures a call that is not streamed.</summary>
    public static Task<ChatResponse> MeasureAsync(GrokSettings settings, string? model, Func<Task<ChatResponse>> answer) =>
        IsWanted ? MeasuredAsync(settings, model, answer) : answer();

    /// <summary>Measures a streamed call; returns the updates themselves when nobody listens.</summary>
    public static IAsyncEnumerable<ChatResponseUpdate> Measure(GrokSettings settings, string? model, IAsyncEnumerable<ChatResponseUpdate> updates) =>
        IsWanted ? Measured(settings, model, updates, default) : updates;

    private static async Task<ChatResponse> MeasuredAsync(GrokSettings settings, string? model, Func<Task<ChatResponse>> answer)
    {
        using var call = new Call(settings, model);
        try
        {
            var response = await answer().ConfigureAwait(false);
            call.End(response.ModelId, response.ResponseId, response.Usage);
            return response;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Measured(
        GrokSettings settings, string? model, IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = new Call(settings, model);
        var stream = updates.GetAsyncEnumerator(cancellationToken);
        await using (stream.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (Exception e)
                {
                    call.Fail(e);
                    throw;
                }

                call.See(stream.Current);
                yield return stream.Current;
            }
        }
    }

    /// <summary>The measurement of one call.</summary>
    private sealed class Call : IDisposable
    {
        private readonly GrokSettings _settings;
        private readonly string? _model;
        private readonly Activity? _activity;
        private readonly long _start;
        private bool _hasBegun;

        public Call(GrokSettings settings, string? model)
        {
            (_settings, _model) = (settings, model ?? settings.Model);
            _start = settings.TimeProvider.GetTimestamp();
            _activity = ClientInstruments.Source.StartActivity("grok.call");
            _activity?.SetTag("gen_ai.provider.name", settings.Hosting.ProviderName)
                .SetTag("gen_ai.request.model", _model)
                .SetTag("server.address", settings.Endpoint.Host)
                .SetTag("server.port", settings.Endpoint.Port);
        }

        public void See(ChatResponseUpdate update)
        {
            if (!_hasBegun && update.Contents.Count > 0 && HasToken(update.Contents))
            {
                _hasBegun = true;
                var seconds = _settings.TimeProvider.GetElapsedTime(_start).TotalSeconds;
                ClientInstruments.TimeToFirstToken.Record(seconds, new("gen_ai.provider.name", _settings.Hosting.ProviderName), new("gen_ai.request.model", _model));
                _activity?.SetTag("grok.time_to_first_token", seconds);
            }

            if (update.FinishReason is not null)
            {
                End(update.ModelId, update.ResponseId, update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details);
            }
        }

        public void End(string? model, string? responseId, UsageDetails? usage)
        {
            var tags = new TagList { { "gen_ai.provider.name", _settings.Hosting.ProviderName }, { "gen_ai.request.model", _model }, { "gen_ai.response.model", model } };
            var cost = (double?)usage?.GetCostInUsd();
            Add(ClientInstruments.CachedTokens, usage?.CachedInputTokenCount, tags);
            if (usage?.GetCachedShare() is { } share)
            {
                ClientInstruments.CachedShare.Record(share, tags);
            }

            Add(ClientInstruments.ReasoningTokens, usage?.ReasoningTokenCount, tags);
            ClientInstruments.Cost.Add(cost ?? 0, tags);
            Add(ClientInstruments.Tokens, usage?.InputTokenCount, [.. tags, new("gen_ai.token.type", "input")]);
            Add(ClientInstruments.Tokens, usage?.OutputTokenCount, [.. tags, new("gen_ai.token.type", "output")]);
            _activity?.SetTag("gen_ai.response.model", model).SetTag("gen_ai.response.id", responseId).SetTag("grok.cost", cost);
        }

        /// <summary>Records a failure. A cancellation by the caller is not an error; an abandoned stream does not call this method.</summary>
        public void Fail(Exception e)
        {
            if (e is not OperationCanceledException)
            {
                // The message of the service may repeat content; the kind is sufficient.
                var kind = (e as GrokException)?.Kind.ToString() ?? e.GetType().FullName;
                _activity?.SetTag("error.type", kind).SetStatus(ActivityStatusCode.Error);
            }
        }

        public void Dispose() => _activity?.Dispose();

        private static void Add(Counter<long> counter, long? count, in TagList tags)
        {
            if (count is > 0 and { } some)
            {
                counter.Add(some, tags);
            }
        }

        private static bool HasToken(IList<AIContent> contents)
        {
            for (var i = 0; i < contents.Count; i++)
            {
                if (contents[i] is TextContent { Text.Length: > 0 } or TextReasoningContent { Text.Length: > 0 } or FunctionCallContent)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
