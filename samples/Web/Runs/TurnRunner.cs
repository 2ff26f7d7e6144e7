using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Web.Runs;

/// <summary>Streams an answer from the service into the events of its run.</summary>
internal sealed class TurnRunner(ConversationChatClient client, WebSettings settings, TimeProvider clock, ILogger<TurnRunner> logger)
{
    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        FaultHandler.Current = run.Question.Fault;
        try
        {
            var options = CreateOptions(run);
            await foreach (var update in client.GetStreamingResponseAsync(run.Question.Messages, options, cancellationToken))
            {
                run.MarkStarted();
                Show(run, update);
                if (run.Bytes > settings.MaxRunBytes)
                {
                    throw new ProblemException(Problems.TooLong);
                }

                if (update.FinishReason is { } reason)
                {
                    Finish(run, update, reason);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            End(run, run.IsStopRequested ? null : clock.GetElapsedTime(run.StartedAt) >= settings.MaxRunTime ? Problems.TooSlow : Problems.Closing);
        }
        catch (Exception e)
        {
            var problem = Problems.FromException(e);
            // After text has arrived, the answer was interrupted; the request itself succeeded.
            problem = e is GrokException { Kind: GrokErrorKind.Server or GrokErrorKind.Connection } && run.Text.Length > 0 ? Problems.Interrupted : problem;
            ProblemHandler.Log(logger, problem, e);
            End(run, problem);
        }
    }

    private static ChatOptions CreateOptions(Run run)
    {
        var options = new ChatOptions { ConversationId = run.Conversation, Tools = run.Question.Search ? [new HostedWebSearchTool()] : null }.WithTenant(run.Visitor);
        return run.Question.After is { } turn ? options.WithParentTurn(turn) : options;
    }

    private static void Show(Run run, ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    run.Add("reasoning", Json(new Piece(reasoning.Text), WebJson.Default.Piece));
                    break;
                case TextContent { Text.Length: > 0 } text:
                    run.AddText(text.Text, Json(new Piece(text.Text), WebJson.Default.Piece));
                    break;
                case ErrorContent { Message.Length: > 0 } refusal:
                    run.AddText(refusal.Message, Json(new Piece(refusal.Message), WebJson.Default.Piece));
                    break;
            }

            if (Citations.FromContents([content]) is { Count: > 0 } citations)
            {
                run.Add("citations", Json(new Sources(citations), WebJson.Default.Sources));
            }
        }
    }

    private void Finish(Run run, ChatResponseUpdate update, ChatFinishReason reason)
    {
        var finished = new Finished(
            update.ConversationId ?? run.Conversation,
            update.GetTurnId(),
            update.GetRebuildReason()?.ToString(),
            reason == ChatFinishReason.Stop ? null : reason.Value);
        run.End(RunStatus.Done, clock.GetTimestamp(), "done", Json(finished, WebJson.Default.Finished));
    }

    private void End(Run run, Problem? problem)
    {
        if (run.Status != RunStatus.Running)
        {
            return;
        }

        if (problem is null)
        {
            run.End(RunStatus.Stopped, clock.GetTimestamp(), "stopped", "{}");
            return;
        }

        var failed = new Failed(problem.Status, problem.Code, problem.Title, problem.Detail, problem.RetryAfterSeconds, problem.Conversation, Problems.TraceId());
        run.End(RunStatus.Failed, clock.GetTimestamp(), "failed", Json(failed, WebJson.Default.Failed), problem);
    }

    private static string Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
