using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Endpoints that list, show, fork, compact and delete conversations, and expire their stored responses.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/about", About);
        var conversations = app.MapGroup("/api/conversations");
        conversations.MapGet("", static (Visitor visitor, ConversationReader reader, CancellationToken cancellationToken) => reader.ListAsync(visitor.Id, cancellationToken));
        conversations.MapGet("{id}", static (string id, string? turn, Visitor visitor, ConversationReader reader, CancellationToken cancellationToken) =>
            reader.ReadAsync(visitor.Id, id, turn, cancellationToken));
        conversations.MapGet("{id}/turns/{turn}/images/{message:int}/{image:int}", ImageAsync);
        conversations.MapPost("{id}/fork", ForkAsync).RequireRateLimiting(RateLimits.Messages);
        conversations.MapPost("{id}/compact", CompactAsync).RequireRateLimiting(RateLimits.Messages);
        conversations.MapPost("{id}/expire", ExpireAsync).RequireRateLimiting(RateLimits.Messages);
        conversations.MapDelete("{id}", DeleteAsync);
    }

    private static About About(FaultSimulation simulation, WebSettings settings, IChatClient client) => new(
        simulation.IsEmulated, simulation.CanInjectFaults, client.GetService<ChatClientMetadata>()?.DefaultModelId ?? "", settings.MaxImages, settings.MaxImageBytes, settings.MaxText);

    private static async Task<IResult> ImageAsync(
        string id, string turn, int message, int image, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var found = await reader.GetTurnAsync(visitor.Id, id, turn, cancellationToken);
        return Images.Write(client.Conversations.ForTenant(visitor.Id).Read(found).Input, message, image);
    }

    /// <summary>Creates a fork that shares the turns up to an answer on any branch.</summary>
    private static async Task<Ok<Forked>> ForkAsync(
        string id, TurnRequest request, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var turn = await reader.GetTurnAsync(visitor.Id, id, request.Turn, cancellationToken);
        var fork = $"{Guid.NewGuid():N}-fork";
        try
        {
            await client.Conversations.ForTenant(visitor.Id).ForkAsync(id, fork, turn.Id, cancellationToken);
            return TypedResults.Ok(new Forked(fork));
        }
        catch (KeyNotFoundException)
        {
            // The conversation was deleted at the same time.
            throw new ProblemException(Problems.Unknown);
        }
    }

    /// <summary>Has the service write a summary that takes the place of the turns in what the model sees.</summary>
    private static async Task<Ok<CompactionView>> CompactAsync(
        string id, Visitor visitor, RunHub hub, ConversationChatClient client, CancellationToken cancellationToken)
    {
        if (hub.FindFor(visitor.Id, id) is { Status: RunStatus.Running })
        {
            throw new ProblemException(Problems.Busy);
        }

        try
        {
            var compacted = await client.Conversations.ForTenant(visitor.Id).CompactAsync(id, cancellationToken);
            return TypedResults.Ok(new CompactionView(compacted.TurnCount, compacted.TokensBefore, compacted.TokensAfter));
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problems.NotCompacted);
        }
    }

    private static async Task<NoContent> DeleteAsync(
        string id, Visitor visitor, RunHub hub, ConversationChatClient client, ILogger<ConversationReader> logger, CancellationToken cancellationToken)
    {
        if (hub.FindFor(visitor.Id, id) is { } run)
        {
            run.Stop();
            await run.Ended.WaitAsync(cancellationToken);
            hub.Remove(run);
        }

        try
        {
            await client.Conversations.ForTenant(visitor.Id).DeleteAsync(id, cancellationToken);
        }
        catch (ConversationDeleteException e)
        {
            // The conversation is deleted locally; its stored responses expire after 30 days.
            ProblemHandler.Log(logger, new Problem(502, "not-deleted", ""), e);
        }

        return TypedResults.NoContent();
    }

    /// <summary>Deletes the stored responses of a conversation, as if they had expired. The next message is sent with the whole history.</summary>
    private static async Task<NoContent> ExpireAsync(
        string id, Visitor visitor, FaultSimulation simulation, ConversationChatClient client, CancellationToken cancellationToken)
    {
        if (!simulation.CanInjectFaults)
        {
            throw new ProblemException(Problems.Unknown);
        }

        var conversations = client.Conversations.ForTenant(visitor.Id);
        var tree = await conversations.GetTreeAsync(id, cancellationToken);
        if (tree.Count == 0)
        {
            throw new ProblemException(Problems.Unknown);
        }

        await conversations.DeleteResponsesAsync(tree.SelectMany(static t => t.StoredResponseIds), cancellationToken);
        return TypedResults.NoContent();
    }
}
