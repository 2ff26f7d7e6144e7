using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Web.Markdown;

namespace Web.Runs;

/// <summary>Streams an answer from the service into the events of its run.</summary>
internal sealed class TurnRunner(ConversationChatClient client, WebSettings settings, TimeProvider clock, ILogger<TurnRunner> logger)
{
    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        FaultHandler.Current = run.Question.Fault;
        using var answer = new GrowingAnswer(settings.TextInterval, clock, piece => run.AddText(piece.Text, Json(piece, WebJson.Default.AnswerPiece)));
        try
        {
            var options = CreateOptions(run);
            await foreach (var update in client.GetStreamingResponseAsync(run.Question.Messages, options, cancellationToken))
            {
                run.MarkStarted();
                Show(run, answer, update);
                if (run.Bytes > settings.MaxRunBytes || run.Full is not null)
                {
                    // Leaving the loop abandons the stream: what came is kept.
                    throw new ProblemException(run.Full ?? Problems.TooLong);
                }

                if (update.FinishReason is { } reason)
                {
                    answer.Complete();
                    await FinishAsync(run, update, reason);
                }
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            CompletePartial(answer);
            await EndAsync(run, e, run.IsStopRequested ? null : clock.GetElapsedTime(run.StartedAt) >= settings.MaxRunTime ? Problems.TooSlow : Problems.Closing);
        }
        catch (Exception e)
        {
            CompletePartial(answer);
            var problem = Problems.FromException(e);
            // After text has arrived, the answer was interrupted; the request itself succeeded.
            problem = e is GrokException { Kind: GrokErrorKind.Server or GrokErrorKind.Connection } && run.Text.Length > 0 ? Problems.Interrupted : problem;
            ProblemHandler.Log(logger, problem, e);
            await EndAsync(run, e, problem);
        }
    }

    /// <summary>Reports the rest of an answer that did not complete. The run ends for another reason, whether that succeeds or not.</summary>
    private void CompletePartial(GrowingAnswer answer)
    {
        try
        {
            answer.Complete();
        }
        catch (Exception e)
        {
            ProblemHandler.Log(logger, Problems.FromException(e), e);
        }
    }

    private static ChatOptions CreateOptions(Run run)
    {
        var options = new ChatOptions { ConversationId = run.Conversation, ModelId = run.Question.Model, Tools = run.Question.Search ? [new HostedWebSearchTool()] : null };
        if (run.Question.Effort is { } effort)
        {
            options.AdditionalProperties = new() { ["reasoning_effort"] = effort };
        }

        return options.WithTenant(run.Visitor).WithParentTurn(run.Question.After);
    }

    private static void Show(Run run, GrowingAnswer answer, ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    run.Add("reasoning", Json(new Piece(reasoning.Text), WebJson.Default.Piece));
                    break;
                case TextContent { Text.Length: > 0 } text:
                    answer.Add(text.Text);
                    break;
                case ErrorContent { Message.Length: > 0 } refusal:
                    answer.Add(refusal.Message);
                    break;
            }

            if (Citations.FromContents([content]) is { Count: > 0 } citations)
            {
                run.Add("citations", Json(new Sources(citations), WebJson.Default.Sources));
            }
        }
    }

    private async Task FinishAsync(Run run, ChatResponseUpdate update, ChatFinishReason reason)
    {
        await NameAsync(run);
        var finished = new Finished(
            update.ConversationId ?? run.Conversation,
            update.GetTurnId(),
            update.GetRebuildReason() is { } rebuilt and (RebuildReason.Expired or RebuildReason.UnknownResponse) ? rebuilt.ToString() : null,
            reason == ChatFinishReason.Stop ? null : reason.Value);
        run.End(RunStatus.Done, clock.GetTimestamp(), "done", Json(finished, WebJson.Default.Finished));
    }

    private async Task EndAsync(Run run, Exception exception, Problem? problem)
    {
        if (run.Status != RunStatus.Running)
        {
            return;
        }

        // A stream that this method's caller left was abandoned: the turn is in the store without an exception that tells it.
        var turn = exception.GetUnansweredTurnId() ?? (exception is ProblemException ? await FindAbandonedAsync(run) : null);
        if (turn is not null)
        {
            await NameAsync(run);
        }

        if (problem is null)
        {
            run.End(RunStatus.Stopped, clock.GetTimestamp(), "stopped", Json(new StoppedAt(turn), WebJson.Default.StoppedAt), turn: turn);
            return;
        }

        var failed = new Failed(problem.Status, problem.Code, problem.Title, problem.Detail, problem.RetryAfterSeconds, problem.Conversation, turn, Problems.TraceId());
        run.End(RunStatus.Failed, clock.GetTimestamp(), "failed", Json(failed, WebJson.Default.Failed), problem, turn);
    }

    /// <summary>Finds the question of this run among the turns after its parent.</summary>
    private async Task<string?> FindAbandonedAsync(Run run)
    {
        try
        {
            var outline = await client.Conversations.ForTenant(run.Visitor).GetOutlineAsync(run.Conversation, CancellationToken.None);
            return outline.Where(t => t.Kind == ConversationTurnKind.Unanswered && (t.ParentId ?? "") == run.Question.After).MaxBy(static t => t.CreatedAt)?.Id;
        }
        catch (Exception e) when (e is GrokException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Gives a new conversation its title.</summary>
    private async Task NameAsync(Run run)
    {
        if (run.Question.Title is { } title)
        {
            try
            {
                await Titles.KeepAsync(client.Conversations.ForTenant(run.Visitor), run.Conversation, title, CancellationToken.None);
            }
            catch (Exception e) when (e is GrokException or InvalidOperationException)
            {
                // The list derives it later.
            }
        }
    }

    private static string Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
