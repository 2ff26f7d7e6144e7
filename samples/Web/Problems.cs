using System.Diagnostics;
using Connectors.Grok;
using Connectors.Grok.Conversations;

namespace Web;

/// <summary>The problems there are.</summary>
internal static class Problems
{
    public static readonly Problem Unknown = new(404, "not-found", "There is no such thing here.", "It was never there, was deleted, or belongs to somebody else.");
    public static readonly Problem TooLarge = new(413, "too-large", "The request is too large.", "Send fewer or smaller images.");
    public static readonly Problem NotJson = new(415, "not-json", "The request is not JSON.");
    public static readonly Problem EmptyText = new(400, "empty-text", "The message is empty.", "Write something, or add an image.");
    public static readonly Problem Busy = new(409, "busy", "An answer is being written in this conversation.", "Wait for it, or stop it.");
    public static readonly Problem TooManyOfYours = new(429, "too-many-answers", "Too many of your answers are being written.", "Wait for one, or stop one.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooMany = new(503, "full", "Too many answers are being written.", "Try again soon.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooLong = new(502, "answer-too-long", "The answer grew too long and was ended.");
    public static readonly Problem Closing = new(503, "closing", "The server is being stopped.", "Try again soon.") { RetryAfter = TimeSpan.FromSeconds(10) };
    public static readonly Problem TooSlow = new(504, "too-slow", "The answer took too long and was ended.");
    public static readonly Problem BrokenOff = new(502, "broken-off", "The answer broke off.", "What came is kept here. Go on from it, or try again.");
    public static readonly Problem CrossSite = new(403, "cross-site", "The request came from another site.");

    public static Problem Bad(string code, string title, string? detail = null) => new(400, code, title, detail);

    public static Problem Of(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: 413 } => TooLarge,
        BadHttpRequestException { StatusCode: 415 } => NotJson,
        BadHttpRequestException => Bad("bad-request", "The request cannot be read.", "Its JSON is broken, or a value is not what it should be."),
        KeyNotFoundException => Unknown,
        ConversationConflictException e => new(409, "conflict", "Somebody else went on with this conversation in the meantime.", "This answer was kept as a conversation of its own.") { Conversation = e.ForkId },
        ConversationBudgetException => new(403, "budget", "This conversation has cost what it may.", "Begin a new one."),
        ConversationStoreException { Response: not null } => new(503, "not-kept", "The answer could not be kept.", "Copy it if you need it, and try again soon."),
        ConversationStoreException => new(503, "store", "The conversations cannot be reached.", "Try again soon.") { RetryAfter = TimeSpan.FromSeconds(5) },
        GrokException e => Of(e),
        _ => new(500, "failed", "Something failed here.", "Tell us the trace id."),
    };

    /// <summary>For what the platform refused by itself.</summary>
    public static Problem Of(int status) => status switch
    {
        404 => Unknown,
        405 => new(405, "method", "This cannot be done here."),
        413 => TooLarge,
        415 => NotJson,
        < 500 => new(status, "bad-request", "The request cannot be read."),
        _ => new(status, "failed", "Something failed here.", "Tell us the trace id."),
    };

    public static void AddTraceId(ProblemDetailsContext context) => context.ProblemDetails.Extensions["traceId"] = TraceId(context.HttpContext);

    public static string TraceId(HttpContext? context = null) => Activity.Current?.TraceId.ToString() ?? context?.TraceIdentifier ?? "";

    /// <summary>Writes a problem as the answer to a request.</summary>
    public static async ValueTask WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }

        var details = new Microsoft.AspNetCore.Mvc.ProblemDetails { Status = problem.Status, Title = problem.Title, Detail = problem.Detail };
        details.Extensions["code"] = problem.Code;
        if (problem.RetryAfterSeconds is { } wait)
        {
            details.Extensions["retryAfter"] = wait;
        }

        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new() { HttpContext = context, ProblemDetails = details });
    }

    private static Problem Of(GrokException e) => e.Kind switch
    {
        GrokErrorKind.RateLimit => new(429, "rate-limit", "The service has too much to do.", "Try again soon.") { RetryAfter = e.RetryAfter },
        GrokErrorKind.Quota => new(503, "quota", "The service's quota of this site is used up."),
        GrokErrorKind.Authentication or GrokErrorKind.Permission => new(502, "refused", "The service refuses this site.", "Its operator has to look at the key."),
        GrokErrorKind.ContentPolicy => new(422, "content-policy", "The service does not answer this: it is against its guidelines."),
        GrokErrorKind.ContextLength => new(422, "context-length", "The conversation has grown too long for the model.", "Begin a new one."),
        GrokErrorKind.InvalidRequest => new(422, "invalid", "The service does not take this message.", "An image may be damaged or too small."),
        GrokErrorKind.UnknownModel => new(502, "model", "The service does not have this site's model."),
        GrokErrorKind.StreamBroken => BrokenOff,
        GrokErrorKind.Timeout => TooSlow,
        GrokErrorKind.Overload => TooMany,
        GrokErrorKind.Connection => new(502, "unreachable", "The service cannot be reached.", "Try again soon.") { RetryAfter = e.RetryAfter },
        _ => new(502, "service", "The service failed.", "Try again soon.") { RetryAfter = e.RetryAfter },
    };
}
