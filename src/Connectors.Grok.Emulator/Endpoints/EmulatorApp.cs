using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Recordings;
using Connectors.Grok.Emulator.Requests;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.State;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>Handles the requests of an emulator, for every server that hosts it: records them, applies faults, and reports unexpected exceptions.</summary>
internal sealed class EmulatorApp : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly GrokEmulatorOptions _options;
    private readonly ServiceHost _service;
    private readonly CredentialCheck _credentials;
    private readonly ResponsesEndpoint _responses;
    private readonly Routes _routes;
    private readonly BodyReader _bodies;
    private readonly RequestRate? _rate;
    private readonly PageEndpoint _page;
    private Replayer? _replayer;

    public EmulatorApp(GrokEmulatorOptions options)
    {
        _options = options;
        Log = new RequestLog(options.MaxRecordedRequests, options.MaxRecordedBytes, options.TimeProvider);
        _bodies = new BodyReader(options.MaxRequestBytes);
        var files = new FileStore(options.TimeProvider, options.MaxStoredBytes);
        _service = ServiceHost.Create(options.ServedBy);
        _credentials = new CredentialCheck(options, _service);
        _responses = new ResponsesEndpoint(options, _service, _credentials, Log, Script, files);
        _routes = new Routes(options, _service, _credentials, _responses, new FilesEndpoint(options, files, _credentials), new AccountEndpoint(options, _service, _credentials));
        _page = new PageEndpoint(options, this);
        _rate = options.MaxRequestsPerSecond is { } limit ? new RequestRate(options.TimeProvider, limit) : null;
    }

    public RequestLog Log { get; }

    public FaultPlan Faults { get; } = new();

    public ReplyScript Script { get; } = new();

    /// <summary>The gates of a script file, by name.</summary>
    public IReadOnlyDictionary<string, ReplyGate> Gates { get; set; } = new Dictionary<string, ReplyGate>();

    /// <summary>The service that answers, and whose answers are recorded; null for none.</summary>
    public UpstreamProxy? Upstream { get; set; }

    public bool IsReplaying => _replayer is not null;

    /// <summary>The number of stored responses.</summary>
    public int Stored => _responses.Stored;

    public void ExpireResponses() => _responses.ExpireAll();

    public void ExpireTokens() => _credentials.ExpireTokens();

    public Task HandleAsync(HttpContext http) => _options.ServePage && PageEndpoint.Handles(http.Request) ? _page.AnswerAsync(http) : HandleRequestAsync(http);

    /// <summary>Answers further requests from a recording; null to stop that.</summary>
    public void Replay(ConversationRecording? recording, double speed) =>
        _replayer = recording is null ? null : new Replayer(recording, speed, _options.TimeProvider);

    /// <summary>Aborts every open response.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    public void Dispose()
    {
        _responses.Dispose();
        Upstream?.Dispose();
        _stop.Dispose();
    }

    private async Task HandleRequestAsync(HttpContext http)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        var (held, rejection) = await ReadBodyAsync(http, linked.Token);
        using var body = held;
        var recorded = Log.Add(http.Request, held?.Bytes ?? []);
        Prepare(http, recorded);
        try
        {
            await (rejection is null ? AnswerAsync(http, recorded, body!.Bytes, linked.Token) : throw rejection);
            recorded.Complete(RequestOutcome.Answered);
        }
        catch (ApiException error) when (!http.Response.HasStarted)
        {
            recorded.Problem = error.Message;
            await AnswerWriter.WriteErrorAsync(http, error, _options.Profile, _service, recorded.Model);
            recorded.Complete(RequestOutcome.Answered);
        }
        catch (ConnectionCutException)
        {
            recorded.Complete(RequestOutcome.Aborted);
            throw;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            recorded.Complete(_stop.IsCancellationRequested ? RequestOutcome.Aborted : RequestOutcome.ClientDisconnected);
            http.Abort();
        }
        catch (Exception bug) when (!http.Response.HasStarted)
        {
            // The response says that the emulator failed, so that nobody searches for the error in their own code.
            await AnswerWriter.WriteErrorAsync(http, StatusCodes.Status500InternalServerError, "emulator-bug", $"The emulator failed with an unexpected exception: {bug.Message}");
            recorded.Complete(RequestOutcome.Answered);
        }
        finally
        {
            recorded.Complete(RequestOutcome.Aborted);
            _options.Log?.Invoke(RequestLine.Format(recorded));
        }
    }

    private void Prepare(HttpContext http, RecordedRequest recorded)
    {
        http.Response.OnStarting(() =>
        {
            recorded.Status = http.Response.StatusCode;
            return Task.CompletedTask;
        });
        http.Response.Headers[_options.Wire.RequestIdHeader] = Guid.NewGuid().ToString("D");
        if (_service is XaiService)
        {
            http.Response.Headers["x-zero-data-retention"] = _options.ZeroDataRetention ? "true" : "false";
        }
    }

    private Task AnswerAsync(HttpContext http, RecordedRequest recorded, byte[] body, CancellationToken cancellationToken)
    {
        if (_rate is not null && _routes.IsCreate(http.Request) && !_rate.TryAccept())
        {
            return AnswerWriter.WriteFaultAsync(http, Fault.RateLimited(TimeSpan.FromSeconds(1)), _options.Profile, _service, recorded.Model);
        }

        var fault = _routes.IsCreate(http.Request) ? FaultFromHeader(http.Request) ?? Faults.Dequeue() : FaultFromHeader(http.Request);
        recorded.Problem = fault?.Problem;
        if (fault?.Kind == FaultKind.Status)
        {
            return AnswerWriter.WriteFaultAsync(http, fault, _options.Profile, _service, recorded.Model);
        }

        if (_replayer is null && Upstream is null)
        {
            return _routes.RouteAsync(http, recorded, body, fault, cancellationToken);
        }

        _credentials.Check(http.Request);
        return Upstream?.AnswerAsync(http, body, cancellationToken) ?? _replayer!.AnswerAsync(http, recorded, cancellationToken);
    }

    private Fault? FaultFromHeader(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(FaultCatalog.Header, out var text))
        {
            return null;
        }

        try
        {
            return Faults.FromHeader(text.ToString());
        }
        catch (FormatException invalid)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "emulator-fault", invalid.Message);
        }
    }

    // A request that is rejected without its body is recorded without it.
    private async Task<(BodyReader.HeldBody? Body, ApiException? Rejection)> ReadBodyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            return (await _bodies.ReadAsync(http, () => _routes.FindRejection(http.Request, isAnyRoute: _replayer is not null || Upstream is not null), cancellationToken), null);
        }
        catch (ApiException rejection)
        {
            return (null, rejection);
        }
    }
}
