using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>One emulator's application, whatever server carries it: routes, the request log, and errors that were not foreseen.</summary>
internal sealed class EmulatorApp(GrokEmulatorOptions options) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ResponsesEndpoint _responses = new(options);

    public RequestLog Log { get; } = new(options.MaxRecordedRequests);

    public FaultPlan Faults { get; } = new();

    public async Task HandleAsync(HttpContext http)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        var body = await ReadBodyAsync(http, both.Token);
        var recorded = Log.Add(http.Request, body);
        try
        {
            http.Response.Headers["x-request-id"] = Guid.NewGuid().ToString("D");
            http.Response.Headers["x-zero-data-retention"] = options.ZeroDataRetention ? "true" : "false";
            await RouteAsync(http, body, both.Token);
            recorded.End(RequestOutcome.Answered);
        }
        catch (ApiException error) when (!http.Response.HasStarted)
        {
            await Answer.ErrorAsync(http, error.Status, error.Code, error.Message);
            recorded.End(RequestOutcome.Answered);
        }
        catch (CutException)
        {
            recorded.End(RequestOutcome.Broken);
            throw;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            recorded.End(_stop.IsCancellationRequested ? RequestOutcome.Broken : RequestOutcome.ClientLeft);
            http.Abort();
        }
        catch (Exception bug) when (!http.Response.HasStarted)
        {
            // Say so, or somebody searches for it in their own code.
            await Answer.ErrorAsync(http, StatusCodes.Status500InternalServerError, "emulator-bug", $"The emulator itself failed: {bug.Message}");
            recorded.End(RequestOutcome.Answered);
        }
        finally
        {
            recorded.End(RequestOutcome.Broken);
        }
    }

    /// <summary>Breaks off every stream that is still open.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    public void Dispose()
    {
        _responses.Dispose();
        _stop.Dispose();
    }

    private Task RouteAsync(HttpContext http, byte[] body, CancellationToken cancellationToken)
    {
        var method = http.Request.Method;
        var path = http.Request.Path.Value ?? "";
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["v1", "responses"] => method == "POST" ? _responses.CreateAsync(http, body, Faults.Dequeue(), cancellationToken) : WrongMethod(http, "POST"),
            ["v1", "responses", var id] => method switch
            {
                "GET" => _responses.GetAsync(http, id),
                "DELETE" => _responses.DeleteAsync(http, id),
                _ => WrongMethod(http, "GET, DELETE"),
            },
            ["v1", "models"] => Get(http, () => ModelsEndpoint.ListAsync(http)),
            ["v1", "models", var name] => Get(http, () => ModelsEndpoint.GetAsync(http, name)),
            ["v1", "language-models"] => Get(http, () => ModelsEndpoint.ListLanguageModelsAsync(http)),
            ["v1", "language-models", var name] => Get(http, () => ModelsEndpoint.GetLanguageModelAsync(http, name)),
            _ => Answer.TextAsync(http, $"No handler found on route {method} {path}", StatusCodes.Status404NotFound),
        };
    }

    private Task Get(HttpContext http, Func<Task> answer)
    {
        if (http.Request.Method != "GET")
            return WrongMethod(http, "GET");
        KeyCheck.Check(http.Request, options.ApiKey);
        return answer();
    }

    private static Task WrongMethod(HttpContext http, string allowed)
    {
        http.Response.Headers.Allow = allowed;
        return Answer.TextAsync(http, "", StatusCodes.Status405MethodNotAllowed);
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }
}
