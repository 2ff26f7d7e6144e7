using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Measures answers for whoever listens, and stays out of the way when nobody does.</summary>
internal static class Telemetry
{
    private static readonly ActivitySource Source = new(GrokTelemetry.ActivitySourceName);
    private static readonly Meter Meter = new(GrokTelemetry.MeterName);
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "grok.client.retries", "{retry}", "Requests sent again after a failure that may pass by itself.");

    private static readonly Histogram<double> TimeToFirstToken = Meter.CreateHistogram<double>(
        "grok.client.time_to_first_token", "s", "From the call to the first piece of text, thought or call of a streamed answer.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("grok.client.tokens", "{token}", "Tokens in and out, by gen_ai.token.type.");
    private static readonly Counter<long> CachedTokens = Meter.CreateCounter<long>("grok.client.cached_tokens", "{token}", "Those of the tokens in that the service had cached.");
    private static readonly Counter<long> ReasoningTokens = Meter.CreateCounter<long>("grok.client.reasoning_tokens", "{token}", "Those of the tokens out that the model thought with.");
    private static readonly Counter<double> Cost = Meter.CreateCounter<double>("grok.client.cost", "{USD}", "What answers cost, as the service says.");

    private static bool IsWanted => Source.HasListeners() || TimeToFirstToken.Enabled || Tokens.Enabled || CachedTokens.Enabled || ReasoningTokens.Enabled || Cost.Enabled;

    /// <summary>A request is sent again. The event goes on the call's own activity, never on one of the application's.</summary>
    public static void Retried(GrokException e, int attempt, TimeSpan delay)
    {
        var kind = e.Kind.ToString();
        Retries.Add(
            1,
            new("gen_ai.provider.name", GrokTelemetry.ProviderName),
            new("error.type", kind),
            new KeyValuePair<string, object?>("http.response.status_code", e.Status));
        if (Activity.Current is { IsAllDataRequested: true } activity && activity.Source == Source)
        {
            activity.SetTag("grok.retries", attempt);
            activity.AddEvent(new("grok.retry", tags: new()
            {
                ["error.type"] = kind,
                ["http.response.status_code"] = e.Status,
                ["grok.retry.delay"] = delay.TotalSeconds,
            }));
        }
    }

    /// <summary>An answer that comes as a whole.</summary>
    public static Task<ChatResponse> MeasureAsync(GrokSettings settings, string? model, Func<Task<ChatResponse>> answer) =>
        IsWanted ? MeasuredAsync(settings, model, answer) : answer();

    /// <summary>An answer that is streamed: its own updates when nobody listens.</summary>
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

    /// <summary>One answer under way.</summary>
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
            _activity = Source.StartActivity("grok.call");
            _activity?.SetTag("gen_ai.provider.name", GrokTelemetry.ProviderName)
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
                TimeToFirstToken.Record(seconds, new("gen_ai.provider.name", GrokTelemetry.ProviderName), new("gen_ai.request.model", _model));
                _activity?.SetTag("grok.time_to_first_token", seconds);
            }

            if (update.FinishReason is not null)
            {
                End(update.ModelId, update.ResponseId, update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details);
            }
        }

        public void End(string? model, string? responseId, UsageDetails? usage)
        {
            var tags = new TagList { { "gen_ai.provider.name", GrokTelemetry.ProviderName }, { "gen_ai.request.model", _model }, { "gen_ai.response.model", model } };
            var cost = (double?)usage?.GetCostInUsd();
            Add(CachedTokens, usage?.CachedInputTokenCount, tags);
            Add(ReasoningTokens, usage?.ReasoningTokenCount, tags);
            Cost.Add(cost ?? 0, tags);
            Add(Tokens, usage?.InputTokenCount, [.. tags, new("gen_ai.token.type", "input")]);
            Add(Tokens, usage?.OutputTokenCount, [.. tags, new("gen_ai.token.type", "output")]);
            _activity?.SetTag("gen_ai.response.model", model).SetTag("gen_ai.response.id", responseId).SetTag("grok.cost", cost);
        }

        /// <summary>The caller's own cancellation is no error; nor is a stream that was left, which does not come here.</summary>
        public void Fail(Exception e)
        {
            if (e is not OperationCanceledException)
            {
                // The service's words may repeat what was said: the kind must do.
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
