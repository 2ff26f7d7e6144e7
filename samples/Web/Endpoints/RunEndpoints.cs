using System.Globalization;
using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Endpoints of running answers: events, stop, and dismissal of an unfinished answer.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        var runs = app.MapGroup("/api/runs/{run}");
        runs.MapGet("events", Events).RequireRateLimiting(RateLimits.Streams);
        runs.MapPost("stop", Stop);
        runs.MapDelete("", DismissAsync);
        runs.MapGet("images/{message:int}/{image:int}", static (string run, int message, int image, Visitor visitor, RunHub hub) =>
            message >= 0 && image >= 0 && Attachments.ImagesOf(Find(hub, visitor, run).Question.Messages.ElementAtOrDefault(message)).ElementAtOrDefault(image) is { } data
                ? TypedResults.Bytes(data.Data, data.MediaType)
                : throw new ProblemException(Problems.Unknown));
    }

    /// <summary>Streams server-sent events that follow <c>Last-Event-ID</c> or <c>after</c>.</summary>
    private static IResult Events(
        string run, int? after, HttpContext context, Visitor visitor, RunHub hub, WebSettings settings, TimeProvider clock)
    {
        var found = Find(hub, visitor, run);
        var last = int.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : after ?? 0;
        // Tells proxies not to buffer the response.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(found.ReadAsync(last, settings.Heartbeat, clock, context.RequestAborted));
    }

    private static NoContent Stop(string run, Visitor visitor, RunHub hub)
    {
        Find(hub, visitor, run).Stop();
        return TypedResults.NoContent();
    }

    /// <summary>Dismisses an unfinished answer: the turn that keeps its question is deleted.</summary>
    private static async Task<NoContent> DismissAsync(string run, Visitor visitor, RunHub hub, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var found = Find(hub, visitor, run);
        if (found.Status == RunStatus.Running)
        {
            throw new ProblemException(Problems.Busy);
        }

        hub.Remove(found);
        if (found.Turn is { } turn)
        {
            await ConversationEndpoints.RemoveAsync(found.Conversation, turn, visitor, reader, client, cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static Run Find(RunHub hub, Visitor visitor, string run) => hub.Find(visitor.Id, run) ?? throw new ProblemException(Problems.Unknown);
}
