using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Web.Runs;
using Web.Security;

namespace Web.Endpoints;

/// <summary>Endpoints that start an answer: send, regenerate and resume.</summary>
internal static class MessageEndpoints
{
    private const string ContinuePrompt = "Continue exactly where you stopped.";

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var limit = new RequestSizeLimitAttribute(app.ServiceProvider.GetRequiredService<WebSettings>().MaxBodyBytes);
        app.MapPost("/api/conversations", StartAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        app.MapPost("/api/conversations/{id}/messages", SendAsync).RequireRateLimiting(RateLimits.Messages).WithMetadata(limit);
        app.MapPost("/api/conversations/{id}/regenerate", RegenerateAsync).RequireRateLimiting(RateLimits.Messages);
        app.MapPost("/api/runs/{run}/resume", ResumeAsync).RequireRateLimiting(RateLimits.Messages);
    }

    private static Task<Accepted<Started>> StartAsync(MessageRequest request, Visitor visitor, RunStarter starter, CancellationToken cancellationToken) =>
        starter.StartAsync(visitor.Id, Guid.NewGuid().ToString("N"), starter.Read(request), cancellationToken);

    private static async Task<Accepted<Started>> SendAsync(
        string id, MessageRequest request, Visitor visitor, RunStarter starter, RunHub hub, ConversationReader reader, CancellationToken cancellationToken)
    {
        var question = starter.Read(request);
        if (request.After is { Length: > 0 } turn)
        {
            await reader.GetTurnAsync(visitor.Id, id, turn, cancellationToken);
        }
        else if (hub.FindFor(visitor.Id, id) is null && !await reader.ExistsAsync(visitor.Id, id, cancellationToken))
        {
            throw new ProblemException(Problems.Unknown);
        }

        return await starter.StartAsync(visitor.Id, id, question, cancellationToken);
    }

    private static async Task<Accepted<Started>> RegenerateAsync(
        string id, TurnRequest request, Visitor visitor, RunStarter starter, ConversationReader reader, ConversationChatClient client, CancellationToken cancellationToken)
    {
        var turn = await reader.GetTurnAsync(visitor.Id, id, request.Turn, cancellationToken);
        var input = client.Conversations.ForTenant(visitor.Id).Read(turn).Input;
        return await starter.StartAsync(visitor.Id, id, new Question(input, turn.ParentId ?? "", request.Search, starter.Fault(request.Fault)), cancellationToken);
    }

    private static Task<Accepted<Started>> ResumeAsync(string run, ResumeRequest request, Visitor visitor, RunStarter starter, RunHub hub, CancellationToken cancellationToken)
    {
        var last = hub.Find(visitor.Id, run) ?? throw new ProblemException(Problems.Unknown);
        var question = last.Question with { Fault = null };
        if (request.KeepPartial && last.Text is { Length: > 0 } text)
        {
            question = question with { Messages = [.. question.Messages, new(ChatRole.Assistant, text), new(ChatRole.User, ContinuePrompt)] };
        }

        return starter.StartAsync(visitor.Id, last.Conversation, question, cancellationToken);
    }
}

/// <summary>Starts answers.</summary>
internal sealed class RunStarter(RunHub hub, TurnRunner runner, WebSettings settings, FaultSimulation simulation, TimeProvider clock)
{
    /// <summary>Validates a message and converts it to a question.</summary>
    /// <exception cref="ProblemException">The message is empty or cannot be sent.</exception>
    public Question Read(MessageRequest request)
    {
        var contents = Images.Read(request.Images, settings).ToList();
        var text = request.Text?.Trim() ?? "";
        if (text.Length > settings.MaxText)
        {
            throw new ProblemException(new(413, "text-too-long", "The message is too long.", $"Write at most {settings.MaxText} characters."));
        }

        if (text.Length > 0)
        {
            contents.Add(new TextContent(text));
        }

        return contents.Count > 0
            ? new Question([new ChatMessage(ChatRole.User, contents)], request.After, request.Search, Fault(request.Fault))
            : throw new ProblemException(Problems.EmptyText);
    }

    /// <summary>Maps the fault that a visitor selected to the emulator's syntax; null for none.</summary>
    public string? Fault(string? name) => !simulation.CanInjectFaults ? null : name switch
    {
        "429" => "rate-limited; retry-after=3",
        "cut" => "cut; after=24",
        "stall" => "stall; after=24",
        _ => null,
    };

    /// <summary>Starts an answer and waits briefly, so that an early failure is an HTTP status; later failures are events.</summary>
    public async Task<Accepted<Started>> StartAsync(string visitor, string conversation, Question question, CancellationToken cancellationToken)
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
