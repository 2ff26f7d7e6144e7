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
    private readonly RequestRate? _rate;
    private Replayer? _replayer;

    public EmulatorApp(GrokEmulatorOptions options)
    {
        _options = options;
        Log = new RequestLog(options.MaxRecordedRequests);
        var files = new FileStore(options.TimeProvider);
        _service = ServiceHost.Create(options.ServedBy);
        _credentials = new CredentialCheck(options, _service);
        _responses = new ResponsesEndpoint(options, _service, _credentials, Script, files);
        _routes = new Routes(options, _service, _credentials, _responses, new FilesEndpoint(options, files, _credentials), new AccountEndpoint(options, _service, _credentials));
        _rate = options.MaxRequestsPerSecond is { } limit ? new RequestRate(options.TimeProvider, limit) : null;
    }

    public RequestLog Log { get; }

    public FaultPlan Faults { get; } = new();

    public ReplyScript Script { get; } = new();

    /// <summary>The number of stored responses.</summary>
    public int Stored => _responses.Stored;

    public void ExpireResponses() => _responses.ExpireAll();

    public void ExpireTokens() => _credentials.ExpireTokens();

    public async Task HandleAsync(HttpContext http)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        var body = await ReadBodyAsync(http, linked.Token);
        var recorded = Log.Add(http.Request, body);
        http.Response.OnStarting(() =>
        {
            recorded.Status = http.Response.StatusCode;
            return Task.CompletedTask;
        });
        try
        {
            http.Response.Headers[_options.Wire.RequestIdHeader] = Guid.NewGuid().ToString("D");
            if (_service is XaiService)
            {
                http.Response.Headers["x-zero-data-retention"] = _options.ZeroDataRetention ? "true" : "false";
            }

            await AnswerAsync(http, recorded, body, linked.Token);
            recorded.Complete(RequestOutcome.Answered);
        }
        catch (ApiException error) when (!http.Response.HasStarted)
        {
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
        }
    }

    /// <summary>Answers further requests from a recording; null to stop that.</summary>
    public void Replay(ConversationRecording? recording, double speed) =>
        _replayer = recording is null ? null : new Replayer(recording, speed, _options.TimeProvider);

    /// <summary>Aborts every open response.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    public void Dispose()
    {
        _responses.Dispose();
        _stop.Dispose();
    }

    private Task AnswerAsync(HttpContext http, RecordedRequest recorded, byte[] body, CancellationToken cancellationToken)
    {
        if (_rate is not null && _routes.IsCreate(http.Request) && !_rate.TryAccept())
        {
            return AnswerWriter.WriteFaultAsync(http, Fault.RateLimited(TimeSpan.FromSeconds(1)), _options.Profile, _service, recorded.Model);
        }

        var fault = _routes.IsCreate(http.Request) ? FaultFromHeader(http.Request) ?? Faults.Dequeue() : FaultFromHeader(http.Request);
        if (fault?.Kind == FaultKind.Status)
        {
            return AnswerWriter.WriteFaultAsync(http, fault, _options.Profile, _service, recorded.Model);
        }

        return _replayer is { } replayer
            ? replayer.AnswerAsync(http, recorded, cancellationToken)
            : _routes.RouteAsync(http, recorded, body, fault, cancellationToken);
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

    private static async Task<byte[]> ReadBodyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }
}
