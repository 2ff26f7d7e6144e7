using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Conversations: list, show, fork, delete, and, with an emulator, let the service forget.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/about", About);
        var conversations = app.MapGroup("/api/conversations");
        conversations.MapGet("", static (Visitor visitor, ConversationReader reader, CancellationToken stop) => reader.ListAsync(visitor.Id, stop));
        conversations.MapGet("{id}", static (string id, string? turn, Visitor visitor, ConversationReader reader, CancellationToken stop) =>
            reader.ReadAsync(visitor.Id, id, turn, stop));
        conversations.MapGet("{id}/turns/{turn}/images/{message:int}/{image:int}", ImageAsync);
        conversations.MapPost("{id}/fork", ForkAsync).RequireRateLimiting(RateLimits.Messages);
        conversations.MapPost("{id}/expire", ExpireAsync).RequireRateLimiting(RateLimits.Messages);
        conversations.MapDelete("{id}", DeleteAsync);
    }

    private static About About(Surroundings surroundings, WebSettings settings, IChatClient client) => new(
        surroundings.IsEmulated, surroundings.CanBreak, client.GetService<ChatClientMetadata>()?.DefaultModelId ?? "", settings.MaxImages, settings.MaxImageBytes, settings.MaxText);

    private static async Task<IResult> ImageAsync(
        string id, string turn, int message, int image, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken stop)
    {
        var found = await reader.TurnAsync(visitor.Id, id, turn, stop);
        return Images.Write(client.Conversations.ForTenant(visitor.Id).Read(found).Input, message, image);
    }

    /// <summary>A second conversation that shares the turns up to any answer, also one on a branch that was left.</summary>
    private static async Task<Ok<Forked>> ForkAsync(
        string id, TurnRequest request, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken stop)
    {
        var turn = await reader.TurnAsync(visitor.Id, id, request.Turn, stop);
        var fork = $"{Guid.NewGuid():N}-fork";
        try
        {
            await client.Conversations.ForTenant(visitor.Id).ForkAsync(id, fork, turn.Id, stop);
            return TypedResults.Ok(new Forked(fork));
        }
        catch (KeyNotFoundException)
        {
            // Deleted in this moment.
            throw new ProblemException(Problems.Unknown);
        }
    }

    private static async Task<NoContent> DeleteAsync(
        string id, Visitor visitor, RunHub hub, ConversationChatClient client, ILogger<ConversationReader> logger, CancellationToken stop)
    {
        if (hub.FindFor(visitor.Id, id) is { } run)
        {
            run.Stop();
            await run.Ended.WaitAsync(stop);
            hub.Remove(run);
        }

        try
        {
            await client.Conversations.ForTenant(visitor.Id).DeleteAsync(id, stop);
        }
        catch (ConversationDeleteException e)
        {
            // Deleted here all the same; the service forgets by itself after its thirty days.
            ProblemHandler.Log(logger, new Problem(502, "not-deleted", ""), e);
        }

        return TypedResults.NoContent();
    }

    /// <summary>Deletes what the service stored of a conversation, as if its thirty days were over. The next message is sent with all that was said.</summary>
    private static async Task<NoContent> ExpireAsync(
        string id, Visitor visitor, Surroundings surroundings, ConversationChatClient client, CancellationToken stop)
    {
        if (!surroundings.CanBreak)
        {
            throw new ProblemException(Problems.Unknown);
        }

        var conversations = client.Conversations.ForTenant(visitor.Id);
        var tree = await conversations.GetTreeAsync(id, stop);
        if (tree.Count == 0)
        {
            throw new ProblemException(Problems.Unknown);
        }

        await conversations.DeleteResponsesAsync(tree.SelectMany(static t => t.StoredResponseIds), stop);
        return TypedResults.NoContent();
    }
}
