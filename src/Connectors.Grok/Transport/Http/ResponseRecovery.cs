using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Fetches the stored response of a call whose stream was interrupted, and gets the events that the stream did not deliver.</summary>
internal sealed class ResponseRecovery(GrokSettings settings, RequestSender sender)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>Fetches the response until it is finished, within the recovery time and the deadline of the call.</summary>
    /// <returns>The events that complete what was delivered; null when there are none, so that the failure is reported.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="GrokException">The timeout of the whole call elapsed.</exception>
    public async Task<IReadOnlyList<ResponseEvent>?> FetchAsync(string responseId, GrokException failure, DeliveredOutput delivered, Deadline deadline)
    {
        if (!deadline.TryContinue())
        {
            return null;
        }

        Log.Recovering(settings.Logger, deadline.ClientRequestId, failure.Kind, responseId);
        GrokResponse? response;
        string? reason;
        try
        {
            (response, reason) = await PollAsync(responseId, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            deadline.LastFailure = failure;
            throw deadline.Explain(e);
        }

        var rest = response is null ? null : delivered.Rest(response);
        if (rest is null)
        {
            Log.NotRecovered(settings.Logger, deadline.ClientRequestId, responseId, reason ?? "what was delivered before is not its beginning.");
            return null;
        }

        ClientInstruments.Tag("grok.recovered", true);
        Log.Recovered(settings.Logger, deadline.ClientRequestId, responseId);
        return rest;
    }

    private async Task<(GrokResponse? Response, string? Reason)> PollAsync(string responseId, Deadline deadline)
    {
        var start = settings.TimeProvider.GetTimestamp();
        for (var delay = FirstDelay; ; delay = Next(delay))
        {
            await Task.Delay(delay, settings.TimeProvider, deadline.Token).ConfigureAwait(false);
            var (response, reason, isFinal) = await TryGetAsync(responseId, settings.RecoveryTimeout - settings.TimeProvider.GetElapsedTime(start), deadline).ConfigureAwait(false);
            switch (response)
            {
                case { Status: "completed" or "incomplete", Output: not null }:
                    return (response, null);
                // The service is at work: only the timeout of the call limits the wait.
                case { Status: "in_progress" or "queued" }:
                    continue;
                case not null:
                    return (null, $"its status is {response.Status ?? "unknown"}.");
                case null when isFinal || settings.TimeProvider.GetElapsedTime(start) + Next(delay) > settings.RecoveryTimeout:
                    return (null, reason);
            }
        }
    }

    private async Task<(GrokResponse? Response, string? Reason, bool IsFinal)> TryGetAsync(string responseId, TimeSpan left, Deadline deadline)
    {
        try
        {
            return (await GetAsync(responseId, left, deadline).ConfigureAwait(false), null, false);
        }
        catch (GrokException e)
        {
            return (null, $"fetching it failed with {e.Kind}.", !IsPassing(e));
        }
        catch (OperationCanceledException) when (!deadline.Token.IsCancellationRequested)
        {
            return (null, "the service does not answer.", false);
        }
    }

    /// <param name="responseId">The id of the response.</param>
    /// <param name="left">What is left of the recovery time; a response in progress is asked for beyond it.</param>
    /// <param name="deadline">The deadline of the call.</param>
    private async Task<GrokResponse> GetAsync(string responseId, TimeSpan left, Deadline deadline)
    {
        using var limit = new CancellationTokenSource(left > LongestDelay ? left : LongestDelay, settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, limit.Token);
        using var answer = await sender.SendOnceAsync(HttpMethod.Get, $"responses/{Uri.EscapeDataString(responseId)}", "application/json", deadline, either.Token).ConfigureAwait(false);
        return await AnswerReader.ReadJsonAsync(answer, WireJson.Context.GrokResponse, settings, either.Token).ConfigureAwait(false);
    }

    private static TimeSpan Next(TimeSpan delay) => delay * 2 < LongestDelay ? delay * 2 : LongestDelay;

    /// <summary>Whether a later attempt may succeed: a response that is not finished may not be stored yet.</summary>
    private static bool IsPassing(GrokException e) =>
        e.Kind is GrokErrorKind.UnknownResponse or GrokErrorKind.StreamBroken or GrokErrorKind.Connection or GrokErrorKind.RateLimit or GrokErrorKind.Overload or GrokErrorKind.Server
        || e.Status == 404;
}
