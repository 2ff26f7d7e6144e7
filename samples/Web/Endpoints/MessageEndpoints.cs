using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>What begins an answer: a message, a question asked again, an unfinished answer taken up.</summary>
internal static class MessageEndpoints
{
    private const string GoOn = "Go on exactly where you stopped.";

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var limit = new RequestSizeLimitAttribute(app.ServiceProvider.GetRequiredService<WebSettings>().MaxBodyBytes);
        app.MapPost("/api/conversations", BeginAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        app.MapPost("/api/conversations/{id}/messages", SendAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        app.MapPost("/api/conversations/{id}/regenerate", RegenerateAsync).RequireRateLimiting(RateLimits.Messages);
        app.MapPost("/api/runs/{run}/resume", ResumeAsync).RequireRateLimiting(RateLimits.Messages);
    }

    private static Task<Accepted<Started>> BeginAsync(MessageRequest request, Visitor visitor, Beginner beginner, CancellationToken stop) =>
        beginner.BeginAsync(visitor.Id, Guid.NewGuid().ToString("N"), beginner.Read(request), stop);

    private static async Task<Accepted<Started>> SendAsync(
        string id, MessageRequest request, Visitor visitor, Beginner beginner, RunHub hub, ConversationReader reader, CancellationToken stop)
    {
        var question = beginner.Read(request);
        if (request.After is { Length: > 0 } turn)
        {
            await reader.TurnAsync(visitor.Id, id, turn, stop);
        }
        else if (hub.FindFor(visitor.Id, id) is null && !await reader.ExistsAsync(visitor.Id, id, stop))
        {
            throw new ProblemException(Problems.Unknown);
        }

        return await beginner.BeginAsync(visitor.Id, id, question, stop);
    }

    private static async Task<Accepted<Started>> RegenerateAsync(
        string id, TurnRequest request, Visitor visitor, Beginner beginner, ConversationReader reader, ConversationChatClient client, CancellationToken stop)
    {
        var turn = await reader.TurnAsync(visitor.Id, id, request.Turn, stop);
        var said = client.Conversations.ForTenant(visitor.Id).Read(turn).Input;
        return await beginner.BeginAsync(visitor.Id, id, new Question(said, turn.ParentId ?? "", request.Search, beginner.Fault(request.Fault)), stop);
    }

    private static Task<Accepted<Started>> ResumeAsync(string run, ResumeRequest request, Visitor visitor, Beginner beginner, RunHub hub, CancellationToken stop)
    {
        var last = hub.Find(visitor.Id, run) ?? throw new ProblemException(Problems.Unknown);
        var question = last.Question with { Fault = null };
        if (request.KeepWhatCame && last.Text is { Length: > 0 } text)
        {
            question = question with { Messages = [.. question.Messages, new(ChatRole.Assistant, text), new(ChatRole.User, GoOn)] };
        }

        return beginner.BeginAsync(visitor.Id, last.Conversation, question, stop);
    }
}

/// <summary>Begins answers.</summary>
internal sealed class Beginner(RunHub hub, TurnRunner runner, WebSettings settings, Surroundings surroundings, TimeProvider clock)
{
    /// <summary>What a request asks.</summary>
    /// <exception cref="ProblemException">It holds nothing, or what cannot be sent.</exception>
    public Question Read(MessageRequest request)
    {
        var contents = Images.Read(request.Images, settings).ToList();
        var text = request.Text?.Trim() ?? "";
        if (text.Length > settings.MaxText)
        {
            throw new ProblemException(new(413, "text-too-long", "The message is too long.", $"Write up to {settings.MaxText} characters."));
        }

        if (text.Length > 0)
        {
            contents.Add(new TextContent(text));
        }

        return contents.Count > 0
            ? new Question([new ChatMessage(ChatRole.User, contents)], request.After, request.Search, Fault(request.Fault))
            : throw new ProblemException(Problems.EmptyText);
    }

    /// <summary>A visitor's word for what shall go wrong, in the emulator's words.</summary>
    public string? Fault(string? word) => !surroundings.CanBreak ? null : word switch
    {
        "429" => "rate-limited; retry-after=3",
        "cut" => "cut; after=24",
        "stall" => "stall; after=24",
        _ => null,
    };

    /// <summary>Begins an answer and waits a moment, so that a refusal is an HTTP status; what comes later is told by the events.</summary>
    public async Task<Accepted<Started>> BeginAsync(string visitor, string conversation, Question question, CancellationToken cancellationToken)
    {
        var run = hub.Start(visitor, conversation, question, runner.RunAsync);
        await run.First.WaitAsync(settings.FirstWait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run is { Status: RunStatus.Failed, Problem: { } problem, Text.Length: 0 })
        {
            hub.Remove(run);
            throw new ProblemException(problem);
        }

        return TypedResults.Accepted($"/api/runs/{run.Id}/events", new Started(conversation, run.Id));
    }
}
