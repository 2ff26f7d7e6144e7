using System.Text;
using System.Text.Json;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;
using Web.Memory;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Endpoints that list, show, rename, export, fork, compact and delete conversations and their turns, and expire their stored responses.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/about", AboutAsync);
        var conversations = app.MapGroup("/api/conversations");
        conversations.MapGet("", static (string? title, Visitor visitor, ConversationReader reader, CancellationToken cancellationToken) => reader.ListAsync(visitor.Id, title, cancellationToken));
        var one = conversations.MapGroup("{id}");
        one.MapGet("", static (string id, string? turn, Visitor visitor, ConversationReader reader, CancellationToken cancellationToken) =>
            reader.ReadAsync(visitor.Id, id, turn, cancellationToken));
        one.MapGet("turns/{turn}", static (string id, string turn, Visitor visitor, ConversationReader reader, CancellationToken cancellationToken) =>
            reader.ReadTurnAsync(visitor.Id, id, turn, cancellationToken));
        one.MapGet("turns/{turn}/images/{message:int}/{image:int}", ImageAsync);
        one.MapGet("export", ExportAsync);
        one.MapPatch("", RenameAsync);
        one.MapPost("fork", ForkAsync).RequireRateLimiting(RateLimits.Messages);
        one.MapPost("compact", CompactAsync).RequireRateLimiting(RateLimits.Messages);
        one.MapPost("expire", ExpireAsync).RequireRateLimiting(RateLimits.Messages);
        one.MapDelete("", DeleteAsync);
        one.MapDelete("turns/{turn}", DeleteTurnAsync);
    }

    /// <summary>Deletes a turn and what follows it.</summary>
    /// <returns>Where the conversation ends now.</returns>
    public static async Task<Shortened> RemoveAsync(
        string id, string turn, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        try
        {
            (await reader.FindAsync(visitor.Id, id, cancellationToken)).Find(turn);
            await client.Conversations.ForTenant(visitor.Id).RemoveAsync(id, turn, cancellationToken);
        }
        catch (KeyNotFoundException)
        {
            throw new ProblemException(Problems.Unknown);
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problems.Changed);
        }
        catch (ConversationDeleteException)
        {
            // The turns are deleted here; their stored responses expire after 30 days.
        }

        return new Shortened((await reader.FindAsync(visitor.Id, id, cancellationToken)).Tip?.Id);
    }

    private static async Task<About> AboutAsync(
        FaultSimulation simulation, WebSettings settings, ModelChoices models, IChatClient client, IConfiguration configuration, CancellationToken cancellationToken) => new(
        simulation.IsEmulated,
        simulation.CanInjectFaults,
        client.GetService<ChatClientMetadata>()?.DefaultModelId ?? "",
        await models.GetAsync(cancellationToken),
        configuration.GetValue<bool?>("Grok:Store") == false,
        settings.MaxImages,
        settings.MaxImageBytes,
        settings.MaxFiles,
        settings.MaxFileBytes,
        settings.MaxText);

    /// <summary>An image of a turn. Turns never change, so the browser may keep it; it varies by cookie, so that the next visitor of a shared computer does not get it.</summary>
    private static async Task<IResult> ImageAsync(
        string id, string turn, int message, int image, HttpContext context, Visitor visitor, ConversationReader reader, TurnCache cache, CancellationToken cancellationToken)
    {
        var found = (await reader.FindAsync(visitor.Id, id, cancellationToken)).Find(turn);
        var data = message < 0 || image < 0 ? throw new ProblemException(Problems.Unknown) : await cache.GetImageAsync(visitor.Id, found, message, image, cancellationToken);
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        context.Response.Headers.Vary = "Cookie";
        return TypedResults.Bytes(data.Data, data.MediaType is "image/png" or "image/jpeg" ? data.MediaType : "application/octet-stream");
    }

    /// <summary>Sets the title, or goes back to the beginning of the first message.</summary>
    private static async Task<NoContent> RenameAsync(
        string id, RenameRequest request, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var title = Titles.Clean(request.Title ?? "");
        if (title.Length > Titles.MaxLength)
        {
            throw new ProblemException(Problems.BadRequest("title-too-long", "The title is too long.", $"Write at most {Titles.MaxLength} characters."));
        }

        var manager = client.Conversations.ForTenant(visitor.Id);
        if (await manager.FindAsync(id, cancellationToken) is null)
        {
            throw new ProblemException(Problems.Unknown);
        }

        if (title.Length == 0)
        {
            await reader.DeriveTitleAsync(manager, visitor.Id, id, cancellationToken);
        }
        else
        {
            await Titles.KeepAsync(manager, id, title, cancellationToken);
        }

        return TypedResults.NoContent();
    }

    /// <summary>The shown path as a file.</summary>
    private static async Task<IResult> ExportAsync(
        string id, string? format, string? turn, HttpContext context, Visitor visitor, ConversationReader reader, CancellationToken cancellationToken)
    {
        var view = await reader.ReadAsync(visitor.Id, id, turn, cancellationToken);
        // Not by TypedResults.File, which logs the name: it is the beginning of a message.
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{Export.FileName(view.Title, format == "json" ? "json" : "md")}\"";
        return format switch
        {
            "markdown" => TypedResults.Bytes(Encoding.UTF8.GetBytes(Export.ToMarkdown(view)), "text/markdown; charset=utf-8"),
            "json" => TypedResults.Bytes(JsonSerializer.SerializeToUtf8Bytes(view with { Run = null }, WebJson.Default.ConversationView), "application/json"),
            _ => throw new ProblemException(Problems.BadRequest("unknown-format", "The format is unknown.", "Use markdown or json.")),
        };
    }

    private static async Task<Ok<Shortened>> DeleteTurnAsync(
        string id, string turn, Visitor visitor, RunHub hub, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        if (hub.FindFor(visitor.Id, id) is { } run)
        {
            if (run.Status == RunStatus.Running)
            {
                throw new ProblemException(Problems.Busy);
            }

            hub.Remove(run);
        }

        return TypedResults.Ok(await RemoveAsync(id, turn, visitor, reader, client, cancellationToken));
    }

    /// <summary>Creates a fork that shares the turns up to an answer on any branch.</summary>
    private static async Task<Ok<Forked>> ForkAsync(
        string id, TurnRequest request, Visitor visitor, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var path = await reader.FindAsync(visitor.Id, id, cancellationToken);
        var turn = path.Find(request.Turn);
        var fork = $"{Guid.NewGuid():N}-fork";
        var manager = client.Conversations.ForTenant(visitor.Id);
        try
        {
            await manager.ForkAsync(id, fork, turn.Id, cancellationToken);
            if (path.Summary?.Title is { } title)
            {
                await Titles.KeepAsync(manager, fork, title, cancellationToken);
            }

            return TypedResults.Ok(new Forked(fork));
        }
        catch (KeyNotFoundException)
        {
            // The conversation was deleted at the same time.
            throw new ProblemException(Problems.Unknown);
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problems.NoAnswer);
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
        var tree = await conversations.GetOutlineAsync(id, cancellationToken);
        if (tree.Count == 0)
        {
            throw new ProblemException(Problems.Unknown);
        }

        await conversations.DeleteResponsesAsync(tree.SelectMany(static t => t.StoredResponseIds), cancellationToken);
        return TypedResults.NoContent();
    }
}
