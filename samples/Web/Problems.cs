using System.Diagnostics;
using Connectors.Grok;
using Connectors.Grok.Conversations;

namespace Web;

/// <summary>The problems of the API.</summary>
internal static class Problems
{
    public static readonly Problem Unknown = new(404, "not-found", "Not found.", "It does not exist, was deleted, or belongs to another visitor.");
    public static readonly Problem TooLarge = new(413, "too-large", "The request is too large.", "Send fewer or smaller images.");
    public static readonly Problem NotJson = new(415, "not-json", "The request is not JSON.");
    public static readonly Problem EmptyText = new(400, "empty-text", "The message is empty.", "Write something, or add an image.");
    public static readonly Problem Busy = new(409, "busy", "An answer is being written in this conversation.", "Wait for it or stop it.");
    public static readonly Problem NotCompacted = new(409, "not-compacted", "There is nothing to compact.", "The conversation was compacted already, or was continued at the same time.");
    public static readonly Problem TooManyForVisitor = new(429, "too-many-answers", "Too many of your answers are being written.", "Wait for one or stop one.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooMany = new(503, "full", "Too many answers are being written.", "Try again later.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooMuchForVisitor = new(429, "too-much", "Too much of yours is being sent.", "Wait for an answer or stop one.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooMuch = new(503, "full", "Too much is being sent.", "Try again later.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem TooManyAttachments = new(413, "attachments-full", "This conversation has too many images and files.", "Start a new conversation.");
    public static readonly Problem SlowBody = new(408, "slow", "The request took too long to arrive.", "Try again with a better connection or smaller images.");
    public static readonly Problem NotUtf8 = new(415, "not-utf8", "The request is not UTF-8.");
    public static readonly Problem TooManyForAddress = new(429, "too-many-answers", "Too many answers are being written for your network.", "Try again later.") { RetryAfter = TimeSpan.FromSeconds(5) };
    public static readonly Problem HasAnswer = new(409, "has-answer", "The question has an answer.", "Regenerate the answer instead.");
    public static readonly Problem NoAnswer = new(409, "no-answer", "The question has no answer.", "Continue it or ask it again.");
    public static readonly Problem Changed = new(409, "changed", "The conversation was continued at the same time.", "Look at it and try again.");
    public static readonly Problem TooLong = new(502, "answer-too-long", "The answer was too long and was stopped.");
    public static readonly Problem Closing = new(503, "closing", "The server is shutting down.", "Try again later.") { RetryAfter = TimeSpan.FromSeconds(10) };
    public static readonly Problem TooSlow = new(504, "too-slow", "The answer took too long and was stopped.");
    public static readonly Problem Interrupted = new(502, "broken-off", "The answer was interrupted.", "The partial answer is kept. Continue it or try again.");
    public static readonly Problem CrossSite = new(403, "cross-site", "The request came from another site.");

    public static Problem BadRequest(string code, string title, string? detail = null) => new(400, code, title, detail);

    /// <summary>Creates the problem for an exception.</summary>
    public static Problem FromException(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: 413 } => TooLarge,
        BadHttpRequestException { StatusCode: 415 } => NotJson,
        BadHttpRequestException { StatusCode: 408 } => SlowBody,
        BadHttpRequestException => BadRequest("bad-request", "The request cannot be read.", "The JSON is invalid, or a value has the wrong type."),
        KeyNotFoundException => Unknown,
        ConversationConflictException e => new(409, "conflict", "The conversation was continued elsewhere at the same time.", "This answer was stored as a separate conversation.") { Conversation = e.ForkId },
        ConversationBudgetException => new(403, "budget", "The budget of this conversation is spent.", "Start a new conversation."),
        ConversationStoreException { Response: not null } => new(503, "not-kept", "The answer could not be stored.", "Copy it if you need it, and try again later."),
        ConversationStoreException => new(503, "store", "The conversation store cannot be reached.", "Try again later.") { RetryAfter = TimeSpan.FromSeconds(5) },
        GrokException e => FromGrokException(e),
        _ => new(500, "failed", "An internal error occurred.", "Report the trace id."),
    };

    /// <summary>Creates the problem for a status code that ASP.NET Core set.</summary>
    public static Problem FromStatus(int status) => status switch
    {
        404 => Unknown,
        405 => new(405, "method", "The method is not allowed."),
        413 => TooLarge,
        415 => NotJson,
        < 500 => new(status, "bad-request", "The request cannot be read."),
        _ => new(status, "failed", "An internal error occurred.", "Report the trace id."),
    };

    public static void AddTraceId(ProblemDetailsContext context) => context.ProblemDetails.Extensions["traceId"] = TraceId(context.HttpContext);

    public static string TraceId(HttpContext? context = null) => Activity.Current?.TraceId.ToString() ?? context?.TraceIdentifier ?? "";

    /// <summary>Writes a problem as the response.</summary>
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

        if (problem.Conversation is { } conversation)
        {
            details.Extensions["conversation"] = conversation;
        }

        if (problem.Turn is { } turn)
        {
            details.Extensions["turn"] = turn;
        }

        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new() { HttpContext = context, ProblemDetails = details });
    }

    private static Problem FromGrokException(GrokException e) => e.Kind switch
    {
        GrokErrorKind.RateLimit => new(429, "rate-limit", "The rate limit of the service is exceeded.", "Try again later.") { RetryAfter = e.RetryAfter },
        GrokErrorKind.Quota => new(503, "quota", "The quota of this site is exhausted."),
        GrokErrorKind.Authentication or GrokErrorKind.Permission => new(502, "refused", "The service rejects the key of this site.", "The operator must check the key."),
        GrokErrorKind.ContentPolicy => new(422, "content-policy", "The service rejects this message: it violates the content guidelines."),
        GrokErrorKind.ContextLength => new(422, "context-length", "The conversation is too long for the model.", "Fork from an earlier answer and compact the fork, or start a new conversation."),
        GrokErrorKind.InvalidRequest => new(422, "invalid", "The service rejects this message.", "An image may be damaged or too small."),
        GrokErrorKind.UnknownModel => new(502, "model", "The model of this site does not exist."),
        GrokErrorKind.StreamBroken => Interrupted,
        GrokErrorKind.Timeout => TooSlow,
        GrokErrorKind.Overload => TooMany,
        GrokErrorKind.Connection => new(502, "unreachable", "The service cannot be reached.", "Try again later.") { RetryAfter = e.RetryAfter },
        _ => new(502, "service", "The service failed.", "Try again later.") { RetryAfter = e.RetryAfter },
    };
}
