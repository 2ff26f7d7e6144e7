using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>The Responses API over HTTP: takes and returns wire records and events. Handles bytes, headers, timeouts and errors; independent of chat.</summary>
internal sealed partial class GrokHttp : IDisposable
{
    private const string ResponsesRoute = "responses";

    private readonly GrokSettings _settings;
    private readonly RequestSender _sender;
    private readonly ResponseRecovery? _recovery;

    public GrokHttp(GrokSettings settings, HttpClient? client)
    {
        _settings = settings;
        _sender = new RequestSender(settings, client);
        _recovery = settings.RecoveryTimeout > TimeSpan.Zero ? new ResponseRecovery(settings, _sender) : null;
    }

    /// <summary>Calls a route without a request body and with a JSON answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">The route, relative to the endpoint.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="storedId">The stored response of the route; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(HttpMethod method, string route, JsonTypeInfo<T> type, string? storedId, CancellationToken cancellationToken)
        where T : class => SendAsync(method, route, null, null, type, DeadlineOf(storedId, cancellationToken));

    /// <summary>Calls a route without a request body and with a JSON answer.</summary>
    public Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(HttpMethod method, string route, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(method, route, type, null, cancellationToken);

    /// <summary>Creates a response and waits until it is complete.</summary>
    public async Task<GrokResponse> CreateAsync(CreateResponseRequest request, CancellationToken cancellationToken)
    {
        ClientRequestIds.Check(request.ClientRequestId);
        if (_settings.AlwaysStream)
        {
            return await CreateFromStreamAsync(request with { Stream = true }, cancellationToken).ConfigureAwait(false);
        }

        request = request with { Stream = null };
        using var body = BodyOf(request);
        try
        {
            var deadline = DeadlineOf(request, cancellationToken);
            var (response, headers) = await SendAsync(HttpMethod.Post, ResponsesRoute, body, request.Model, WireJson.Context.GrokResponse, deadline).ConfigureAwait(false);
            _sender.NewResponses?.Add(response.Id);
            return Finished(response, headers, deadline);
        }
        catch (GrokException e) when (ErrorHints.For(e, request, _settings) is { } hint)
        {
            throw e.WithHint(hint);
        }
    }

    /// <summary>Creates a response and yields its events as they arrive, the last one being the one that ends the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deltas">Reads deltas without a record; null for an event each.</param>
    /// <param name="cancellationToken">Ends the call; the connection is released.</param>
    public async IAsyncEnumerable<StreamedEvent> StreamAsync(
        CreateResponseRequest request, DeltaReader? deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = DeadlineOf(request, cancellationToken);
        using var answer = await OpenAsync(request with { Stream = true }, deltas, null, deadline).ConfigureAwait(false);
        while (await answer.NextAsync().ConfigureAwait(false))
        {
            if (_sender.NewResponses is not null)
            {
                Note(answer.Current.Event);
            }

            yield return answer.Current;
        }
    }

    public void Dispose() => _sender.Dispose();

    /// <summary>Creates a response with a streaming request, and returns the response of its terminal event as if it were the body.</summary>
    private async Task<GrokResponse> CreateFromStreamAsync(CreateResponseRequest request, CancellationToken cancellationToken)
    {
        using var deadline = DeadlineOf(request, cancellationToken);
        using var skipper = new OutputSkipper();
        using var answer = await OpenAsync(request, null, skipper, deadline).ConfigureAwait(false);
        LifecycleEvent? last = null;
        try
        {
            while (await answer.NextAsync().ConfigureAwait(false))
            {
                last = answer.Current.Event as LifecycleEvent ?? last;
                Note(last);
            }
        }
        catch (GrokException e) when (ErrorHints.For(e, request, _settings) is { } hint)
        {
            throw e.WithHint(hint);
        }

        // The loop ends only after a terminal event with a response.
        var response = last!.Response!;
        return skipper.Complete(last, response) ?? throw new GrokException(GrokErrorKind.StreamBroken, "Part of the answer is missing from the stream.")
        {
            RequestId = response.Headers?.RequestId,
            ClientRequestId = deadline.ClientRequestId,
            ResponseId = response.Id,
        };
    }

    private async Task<(T Answer, ResponseHeaders Headers)> SendAsync<T>(
        HttpMethod method, string route, RequestBody? body, string? model, JsonTypeInfo<T> type, Deadline deadline)
        where T : class
    {
        using (deadline)
        {
            try
            {
                using var answer = await _sender.SendAsync<HttpResponseMessage>(method, route, body, "application/json", model, deadline, static answer => new(answer)).ConfigureAwait(false);
                return (await AnswerReader.ReadJsonAsync(answer, type, _settings, deadline.Token).ConfigureAwait(false), AnswerReader.Headers(answer, _settings));
            }
            catch (GrokException e)
            {
                e.WithIds(deadline.ClientRequestId);
                throw;
            }
            catch (OperationCanceledException e)
            {
                throw deadline.Explain(e);
            }
        }
    }

    /// <summary>Opens a stream. The deadline lives as long as the stream.</summary>
    private async Task<StreamedAnswer> OpenAsync(CreateResponseRequest request, DeltaReader? deltas, OutputSkipper? skipper, Deadline deadline)
    {
        using var body = BodyOf(request);
        try
        {
            return await _sender.SendAsync(HttpMethod.Post, ResponsesRoute, body, EventStream.MediaType, request.Model, deadline, BeginAsync).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw deadline.Explain(e);
        }
        catch (GrokException e)
        {
            e.WithIds(deadline.ClientRequestId);
            if (ErrorHints.For(e, request, _settings) is { } hint)
            {
                throw e.WithHint(hint);
            }

            throw;
        }

        async ValueTask<StreamedAnswer> BeginAsync(HttpResponseMessage answer)
        {
            var opened = await StreamedAnswer.OpenAsync(answer, deadline, _settings, deltas, skipper, _recovery).ConfigureAwait(false);
            if (!_sender.Retries)
            {
                return opened;
            }

            try
            {
                await opened.HoldUntilOutputAsync().ConfigureAwait(false);
                return opened;
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }
    }

    private GrokResponse Finished(GrokResponse response, ResponseHeaders headers, Deadline deadline)
    {
        try
        {
            return AnswerReader.Finished(response, headers, _settings, deadline.Stored);
        }
        catch (GrokException e)
        {
            e.WithIds(deadline.ClientRequestId, response.Id);
            throw;
        }
    }

    private Deadline DeadlineOf(CreateResponseRequest request, CancellationToken cancellationToken) =>
        new(_settings, request.ClientRequestId, cancellationToken) { Stored = StoredReference.ToContinue(request.PreviousResponseId) };

    private Deadline DeadlineOf(string? storedId, CancellationToken cancellationToken) =>
        new(_settings, null, cancellationToken) { Stored = storedId is null ? null : new(storedId, IsRoute: true) };

    /// <summary>Remembers a response that ended, where the service may not know it yet when it is named next.</summary>
    private void Note(ResponseEvent? e)
    {
        if (_sender.NewResponses is { } known && e is LifecycleEvent { Type: not ("response.created" or "response.queued" or "response.in_progress"), Response.Id: { } id })
        {
            known.Add(id);
        }
    }

    private static RequestBody BodyOf(CreateResponseRequest request) => RequestBody.Create(writer => FastJson.Request.Write(writer, request), FastJson.Encoder);
}
