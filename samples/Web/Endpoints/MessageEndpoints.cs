using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Web.Memory;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Endpoints that start an answer: send, regenerate and resume.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var limit = new RequestSizeLimitAttribute(app.ServiceProvider.GetRequiredService<WebSettings>().MaxBodyBytes);
        app.MapPost("/api/conversations", StartAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        var conversation = app.MapGroup("/api/conversations/{id}");
        conversation.MapPost("messages", SendAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        conversation.MapPost("regenerate", RegenerateAsync).RequireRateLimiting(RateLimits.Messages);
        conversation.MapPost("turns/{turn}/resume", ResumeTurnAsync).RequireRateLimiting(RateLimits.Messages);
        app.MapPost("/api/runs/{run}/resume", ResumeAsync).RequireRateLimiting(RateLimits.Messages);
    }

    private static async Task<Accepted<Started>> StartAsync(MessageRequest request, Caller caller, RunStarter starter, CancellationToken cancellationToken)
    {
        var question = await starter.ReadAsync(request, [], cancellationToken);
        return await starter.StartAsync(caller, Guid.NewGuid().ToString("N"), question with { After = "", Title = Titles.FromMessages(question.Messages) }, 0, cancellationToken);
    }

    private static async Task<Accepted<Started>> SendAsync(
        string id, MessageRequest request, Caller caller, RunStarter starter, RunHub hub, ConversationReader reader, CancellationToken cancellationToken)
    {
        var path = await reader.FindAsync(caller.Visitor, id, cancellationToken);
        if (path.Summary is null)
        {
            throw new ProblemException(hub.FindFor(caller.Visitor, id) is { Status: RunStatus.Running } ? Problems.Busy : Problems.Unknown);
        }

        var files = request.FilesOf is null ? [] : await starter.FilesOfAsync(caller, path.Find(request.FilesOf), cancellationToken);
        var question = await starter.ReadAsync(request, files, cancellationToken);
        var after = request.After switch { null => path.Tip, "" => null, var turn => path.Find(turn) };
        return await starter.StartAsync(caller, id, question with { After = after?.Id ?? "" }, await reader.AttachmentBytesAsync(caller.Visitor, path, after, cancellationToken), cancellationToken);
    }

    private static async Task<Accepted<Started>> RegenerateAsync(
        string id, TurnRequest request, Caller caller, RunStarter starter, ConversationReader reader, CancellationToken cancellationToken)
    {
        var path = await reader.FindAsync(caller.Visitor, id, cancellationToken);
        return await AgainAsync(id, path, path.Find(request.Turn), request, caller, starter, reader, cancellationToken);
    }

    private static async Task<Accepted<Started>> ResumeTurnAsync(
        string id, string turn, ResumeRequest request, Caller caller, RunStarter starter, ConversationReader reader, TurnCache cache, CancellationToken cancellationToken)
    {
        var path = await reader.FindAsync(caller.Visitor, id, cancellationToken);
        var unanswered = path.Find(turn);
        if (unanswered.Kind != ConversationTurnKind.Unanswered)
        {
            throw new ProblemException(Problems.HasAnswer);
        }

        if (!request.KeepPartial || (await cache.GetTextAsync(caller.Visitor, unanswered, cancellationToken)).Answer.Length == 0)
        {
            return await AgainAsync(id, path, unanswered, new(null, false, null, null, null), caller, starter, reader, cancellationToken);
        }

        var question = new Question([new(ChatRole.User, MessageText.ContinuePrompt)], unanswered.Id, Search: false, Fault: null);
        return await starter.StartAsync(caller, id, question, await reader.AttachmentBytesAsync(caller.Visitor, path, unanswered, cancellationToken), cancellationToken);
    }

    private static async Task<Accepted<Started>> ResumeAsync(
        string run, ResumeRequest request, Caller caller, RunStarter starter, RunHub hub, ConversationReader reader, TurnCache cache, CancellationToken cancellationToken)
    {
        var last = hub.Find(caller.Visitor, run) ?? throw new ProblemException(Problems.Unknown);
        if (last.Turn is { } turn)
        {
            return await ResumeTurnAsync(last.Conversation, turn, request, caller, starter, reader, cache, cancellationToken);
        }

        if (last.Status == RunStatus.Running)
        {
            throw new ProblemException(Problems.Busy);
        }

        // The question could not be stored; its attachments are gone.
        return last.Question.Messages.All(static m => m.Contents.Count > 0)
            ? await starter.StartAsync(caller, last.Conversation, last.Question with { Fault = null }, 0, cancellationToken)
            : throw new ProblemException(Problems.Unknown);
    }

    /// <summary>Asks the question of a turn again, beside it.</summary>
    private static async Task<Accepted<Started>> AgainAsync(
        string id, ConversationPath path, ConversationTurn turn, TurnRequest request, Caller caller, RunStarter starter, ConversationReader reader, CancellationToken cancellationToken)
    {
        var parent = turn.ParentId is null ? null : path.Find(turn.ParentId);
        var bytes = await reader.AttachmentBytesAsync(caller.Visitor, path, parent, cancellationToken);
        var question = await starter.ReadAgainAsync(caller, turn, request, cancellationToken);
        return await starter.StartAsync(caller, id, question with { After = parent?.Id ?? "" }, bytes, cancellationToken);
    }
}

/// <summary>Starts answers.</summary>
internal sealed class RunStarter(RunHub hub, TurnRunner runner, TurnCache cache, HeldBytes held, ModelChoices models, WebSettings settings, FaultSimulation simulation, TimeProvider clock)
{
    /// <summary>Validates a message and converts it to a question.</summary>
    /// <param name="request">The message.</param>
    /// <param name="files">Files of an earlier turn, which are sent again.</param>
    /// <param name="cancellationToken">Cancels the wait for the list of models.</param>
    /// <exception cref="ProblemException">The message is empty or cannot be sent.</exception>
    public async Task<Question> ReadAsync(MessageRequest request, IReadOnlyList<DataContent> files, CancellationToken cancellationToken)
    {
        List<AIContent> contents = [.. Attachments.Read(request, settings), .. files];
        var text = request.Text?.Trim() ?? "";
        if (text.Length > settings.MaxText)
        {
            throw new ProblemException(new(413, "text-too-long", "The message is too long.", $"Write at most {settings.MaxText} characters."));
        }

        if (text.Length > 0)
        {
            contents.Add(new TextContent(text));
        }

        if (contents.Count == 0)
        {
            throw new ProblemException(Problems.EmptyText);
        }

        await models.CheckAsync(request.Model, request.Effort, cancellationToken);
        var message = new ChatMessage(ChatRole.User, contents) { AdditionalProperties = request.Effort is null ? null : new() { [TurnText.Effort] = request.Effort } };
        return new Question([message], request.After, request.Search, Fault(request.Fault)) { Model = request.Model, Effort = request.Effort };
    }

    /// <summary>Reads the question of a turn, to ask it again.</summary>
    public async Task<Question> ReadAgainAsync(Caller caller, ConversationTurn turn, TurnRequest request, CancellationToken cancellationToken)
    {
        await models.CheckAsync(request.Model, request.Effort, cancellationToken);
        var input = await InputOfAsync(caller, turn, cancellationToken);
        return new Question(input, null, request.Search, Fault(request.Fault)) { Model = request.Model, Effort = request.Effort };
    }

    /// <summary>Reads the files of a turn.</summary>
    public async Task<IReadOnlyList<DataContent>> FilesOfAsync(Caller caller, ConversationTurn turn, CancellationToken cancellationToken) =>
        [.. (await InputOfAsync(caller, turn, cancellationToken)).SelectMany(Attachments.FilesOf)];

    /// <summary>Maps the fault that a visitor selected to the emulator's syntax; null for none.</summary>
    public string? Fault(string? name) => !simulation.CanInjectFaults ? null : name switch
    {
        "429" => "rate-limited; retry-after=3",
        "cut" => "cut; after=24",
        "stall" => "stall; after=24",
        _ => null,
    };

    private async Task<IReadOnlyList<ChatMessage>> InputOfAsync(Caller caller, ConversationTurn turn, CancellationToken cancellationToken)
    {
        var bytes = (await cache.GetTextAsync(caller.Visitor, turn, cancellationToken)).AttachmentBytes;
        using var hold = held.Take(caller.Visitor, bytes * HeldBytes.PerAttachmentByte);
        return await cache.GetInputAsync(caller.Visitor, turn, cancellationToken);
    }

    /// <summary>Starts an answer and waits briefly, so that an early failure is an HTTP status; later failures are events.</summary>
    /// <param name="caller">The visitor and the address.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="question">The input.</param>
    /// <param name="before">The size of the attachments on the path before the question, which may be resent with it.</param>
    /// <param name="cancellationToken">Ends the wait, not the answer.</param>
    public async Task<Accepted<Started>> StartAsync(Caller caller, string conversation, Question question, long before, CancellationToken cancellationToken)
    {
        var attachments = Attachments.BytesOf(question.Messages);
        if (attachments > 0 && before + attachments > settings.ConversationBytes)
        {
            throw new ProblemException(Problems.TooManyAttachments);
        }

        var hold = held.Take(caller.Visitor, ((before + attachments) * HeldBytes.PerAttachmentByte) + (4L * question.Messages.Sum(static m => m.Text.Length)));
        Run run;
        try
        {
            run = hub.Start(caller.Visitor, caller.Address, conversation, question, hold, runner.RunAsync);
        }
        catch
        {
            hold.Dispose();
            throw;
        }

        await run.First.WaitAsync(settings.FirstWait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run is { Status: RunStatus.Failed, Problem: { } problem, Text.Length: 0 })
        {
            hub.Remove(run);
            throw new ProblemException(run.Turn is null ? problem : problem with { Conversation = conversation, Turn = run.Turn });
        }

        return TypedResults.Accepted($"/api/runs/{run.Id}/events", new Started(conversation, run.Id));
    }
}
