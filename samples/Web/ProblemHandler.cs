using Connectors.Grok;
using Microsoft.AspNetCore.Diagnostics;

namespace Web;

/// <summary>Returns every exception as a problem, and logs it without message content.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        var problem = Problems.FromException(exception);
        Log(logger, problem, exception);
        await Problems.WriteAsync(httpContext, problem);
        return true;
    }

    /// <summary>Logs types and ids only, because exception messages can repeat request content.</summary>
    public static void Log(ILogger logger, Problem problem, Exception exception)
    {
        if (problem.Status == 500)
        {
            Unexpected(logger, exception.GetType().Name, Problems.TraceId(), exception.StackTrace);
        }
        else if (problem.Status > 500 || exception is GrokException)
        {
            var grok = exception as GrokException;
            Failed(logger, problem.Code, exception.GetType().Name, grok?.Status, grok?.RequestId, Problems.TraceId());
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "An answer failed: {Code} ({Type}, status {Status}, request {RequestId}, trace {TraceId}).")]
    private static partial void Failed(ILogger logger, string code, string type, int? status, string? requestId, string traceId);

    [LoggerMessage(2, LogLevel.Error, "Unexpected {Type} (trace {TraceId}) at {StackTrace}")]
    private static partial void Unexpected(ILogger logger, string type, string traceId, string? stackTrace);
}
