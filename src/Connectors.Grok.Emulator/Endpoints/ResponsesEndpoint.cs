using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Requests;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The endpoints that create, compact, return and delete responses.</summary>
internal sealed class ResponsesEndpoint : IDisposable
{
    private const int ClockBits = 12;
    private const int DefaultInputItems = 20;

    /// <summary>Rate limit headers with values of the service. The remaining number often equals the limit.</summary>
    private static readonly (string Name, string Value)[] RateLimits =
    [
        ("x-ratelimit-limit-requests", "1800"), ("x-ratelimit-remaining-requests", "1800"),
        ("x-ratelimit-limit-tokens", "10000000"), ("x-ratelimit-remaining-tokens", "10000000"),
    ];

    private readonly GrokEmulatorOptions _options;
    private readonly ServiceHost _service;
    private readonly CredentialCheck _credentials;
    private readonly RequestLog _log;
    private readonly ResponseStore _store;
    private readonly ReasoningCipher _reasoningCipher;
    private readonly CompactionCipher _compactionCipher;
    private readonly TurnFactory _turns;
    private readonly CancellationTokenSource _stop = new();

    public ResponsesEndpoint(GrokEmulatorOptions options, ServiceHost service, CredentialCheck credentials, RequestLog log, ReplyScript script, FileStore files)
    {
        (_options, _service, _credentials, _log) = (options, service, credentials, log);
        _store = new ResponseStore(options.TimeProvider, options.Retention, options.MaxStoredBytes);
        var key = options.SealingKey.IsEmpty ? System.Security.Cryptography.RandomNumberGenerator.GetBytes(32) : options.SealingKey.ToArray();
        _reasoningCipher = new ReasoningCipher(key, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() << ClockBits);
        _compactionCipher = new CompactionCipher(key);
        _turns = new TurnFactory(options, service, _store, files, _reasoningCipher, _compactionCipher, script);
    }

    /// <summary>The number of stored responses.</summary>
    public int Stored => _store.Count;

    public void ExpireAll() => _store.Clear();

    public async Task CreateAsync(HttpContext http, RecordedRequest recorded, byte[] body, Fault? fault, CancellationToken cancellationToken)
    {
        var request = RequestReader.Read(http, body, requiresModel: false);
        var model = RequestRules.FindModel(request, _service, _options);
        _credentials.Check(http.Request);
        request = _service.Adapt(request, http.Request);
        RequestRules.Check(request, model, _options);
        var pending = await _turns.CreateAsync(request, model, recorded, fault, cancellationToken);
        recorded.Problem ??= pending.Fault?.Problem; // that of a scripted reply
        if (pending.Fault is { Kind: FaultKind.Status } httpError)
        {
            await AnswerWriter.WriteFaultAsync(http, httpError, _options.Profile, _service, request.Model);
            return;
        }

        if (_service is XaiService)
        {
            http.Response.Headers[_options.Wire.RequestIdHeader] = pending.Turn.Id;
        }

        foreach (var (name, value) in _options.Wire.HasRateLimits ? RateLimits : [])
        {
            http.Response.Headers[name] = value;
        }

        await using var decoration = FaultDecoration.Apply(http, pending.Fault);
        if (request.Stream && pending.Fault?.Kind != FaultKind.JsonAnswer)
        {
            await StreamAsync(http, recorded, pending, cancellationToken);
        }
        else
        {
            await AnswerAsync(http, recorded, pending, cancellationToken);
        }
    }

    public Task CompactAsync(HttpContext http, byte[] body)
    {
        // A compaction requires the model, which a create request may leave out.
        var request = RequestReader.Read(http, body, requiresModel: true);
        var model = RequestRules.FindModel(request, _service, _options);
        _credentials.Check(http.Request);
        request = _service.Adapt(request, http.Request);
        RequestRules.Check(request, model, _options);
        return AnswerWriter.WriteJsonAsync(http, _turns.Compact(request, model));
    }

    public Task GetAsync(HttpContext http, string id) => AnswerWriter.WriteJsonAsync(http, Find(http, id).Json);

    public Task GetInputItemsAsync(HttpContext http, string id)
    {
        var items = Find(http, id).InputItems;
        var query = http.Request.Query;
        var limit = Paging.ReadLimit(query, DefaultInputItems);
        var ordered = Paging.ReadOrder(query, "asc") == "asc" ? items : [.. items.Reverse()];
        var (page, hasMore) = Paging.Take(ordered, item => item.Id, query["after"].ToString() is { Length: > 0 } after ? after : null, limit);
        return AnswerWriter.WriteJsonAsync(http, InputItems.ToJson(page, hasMore));
    }

    public Task DeleteAsync(HttpContext http, string id)
    {
        _credentials.Check(http.Request);
        if (!_store.Remove(id, _service.StoreOf(http.Request)))
        {
            throw _service.UnknownResponse(id);
        }

        if (_options.DeleteWithoutBody)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
        {
            writer.WriteString("id", id);
            writer.WriteString("object", "response");
            writer.WriteBoolean("deleted", true);
        }));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _reasoningCipher.Dispose();
        _compactionCipher.Dispose();
    }

    private StoredResponse Find(HttpContext http, string id)
    {
        _credentials.Check(http.Request);
        return _store.Find(id, _service.StoreOf(http.Request)) ?? throw _service.UnknownResponse(id);
    }

    private async Task StreamAsync(HttpContext http, RecordedRequest recorded, PendingTurn pending, CancellationToken cancellationToken)
    {
        var sequence = new EventSequence(pending.Turn, () => Complete(recorded, pending)) { IncludeFinalOutput = pending.Fault?.Kind != FaultKind.EmptyFinalOutput };
        var stream = new EventStream(http, _options, pending.Fault, pending.Turn.Reply.Pace);
        var events = sequence.Events().GetEnumerator();
        var isWhole = true;
        try
        {
            isWhole = await stream.WriteAsync(events, cancellationToken);
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException)
        {
            isWhole = false;
            throw;
        }
        finally
        {
            if (!isWhole && Finishes(pending.Fault))
            {
                _turns.Begin(pending);
                _ = FinishAsync(stream, events, _stop.Token);
            }
            else
            {
                events.Dispose();
            }
        }
    }

    private static async Task FinishAsync(EventStream stream, IEnumerator<StreamEvent> events, CancellationToken stop)
    {
        using (events)
        {
            await stream.DrainAsync(events, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AnswerAsync(HttpContext http, RecordedRequest recorded, PendingTurn pending, CancellationToken cancellationToken)
    {
        var isBroken = pending.Fault?.Kind is FaultKind.Cut or FaultKind.End;
        try
        {
            await new NonStreamedAnswer(http, _options, pending.Turn, pending.Fault, () => Complete(recorded, pending)).WriteAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            isBroken = true;
            throw;
        }
        finally
        {
            if (isBroken && Finishes(pending.Fault))
            {
                _ = Complete(recorded, pending);
            }
        }
    }

    private bool Finishes(Fault? fault) => (fault?.Finishes ?? _options.FinishAfterDisconnect) && !_stop.IsCancellationRequested;

    private Turn Complete(RecordedRequest recorded, PendingTurn pending)
    {
        var turn = _turns.Complete(pending);
        if (turn.Reply.Error is null)
        {
            _log.Complete(recorded, turn);
        }

        return turn;
    }
}
