using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Answers;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// Compacts the path of a conversation: the service writes a summary, which becomes a turn after the head. What comes next continues from it,
/// and the model sees it in place of the turns before. These stay in the tree, and histories of callers are matched with them.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="settings">The settings for the tenant of the call.</param>
/// <param name="client">Writes the summaries.</param>
internal sealed class Compactor(ConversationStore store, ConversationOptions settings, IHistoryCompactor client)
{
    /// <summary>What to do about a conversation that no longer fits.</summary>
    public static string TooLong(string name) =>
        $"The conversation '{PrintableText.Escape(name)}' is longer than the model's context window. Go back some turns (ConversationManager.RewindAsync) and compact it (CompactAsync), "
        + "use a model with a larger window, or begin a new conversation. ConversationOptions.Compaction compacts it before that happens.";

    /// <summary>Whether the conversation is to be compacted before the call is sent.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model that it requests; null when it is unknown.</param>
    public bool IsDue(ResolvedCall call, string? model)
    {
        if (settings.Compaction is not { } when || settings.Retention != ConversationRetention.Everything || Obstacle(call) is not null)
        {
            return false;
        }

        var resume = call.Resume!;
        return resume.TurnsSince >= when.Turns
            || ((when.Limit ?? ((model ?? resume.Turn.Model) is { } name ? client.LimitOf(name) : null)) is { } limit && resume.Turn.ContextTokens >= limit * when.Share);
    }

    /// <summary>Why a call cannot be continued from a summary; null when it can.</summary>
    public static string? Obstacle(ResolvedCall call) => call switch
    {
        { Resume: null } => "it has no turns",
        { Resume: { } resume, Head: var head } when resume.Turn.Id != head?.Id => "the call continues from an earlier turn",
        { Resume.Header.IsCompaction: true } => "no turn came after its last compaction",
        { Resume.Header.OpenCalls.Count: > 0 } => "it waits for the results of function calls",
        _ => null,
    };

    /// <summary>Compacts the conversation, if the service does.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model that it requests; null when it is unknown.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The call as it continues after the summary; the same call when the service refused or failed, or another turn came first.</returns>
    public async ValueTask<ResolvedCall> TryCompactAsync(ResolvedCall call, string? model, CancellationToken cancellationToken)
    {
        try
        {
            if (await CompactAsync(call, model, cancellationToken).ConfigureAwait(false) is { } compacted)
            {
                return call with { Head = compacted.Turn, Resume = compacted with { Covered = call.Resume!.Covered } };
            }
        }
        catch (GrokException e) when (e is not ConversationStoreException)
        {
            ConversationTelemetry.CompactionFailed(ConversationTelemetry.Logger(settings), call.Id.Name, e.Kind);
        }

        return call;
    }

    /// <summary>Compacts the conversation.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model that it requests; null when it is unknown.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turn of the summary; null when another turn came first: nothing was changed.</returns>
    /// <exception cref="GrokException">The service refused or failed, or the messages were not kept.</exception>
    public async ValueTask<ResumePoint?> CompactAsync(ResolvedCall call, string? model, CancellationToken cancellationToken)
    {
        var (reader, resume) = (TurnReader.For(settings), call.Resume!);
        var path = await store.GetPathAsync(call.Id.Tenant, resume.Turn.Id, cancellationToken).ConfigureAwait(false);
        var turns = path.Select(reader.Content).ToList();
        var history = ResentHistory.Create(turns, [], [], isRestart: false)
            ?? throw new GrokException(GrokErrorKind.InvalidRequest, $"The conversation '{PrintableText.Escape(call.Id.Name)}' cannot be compacted: its messages were not kept (ConversationOptions.Retention).");
        var requested = settings.Compaction?.Model ?? model ?? resume.Header.Model;
        var summary = await SummarizeAsync(call.Id.Name, history, requested, cancellationToken).ConfigureAwait(false);
        var header = resume.Header with
        {
            IsCompaction = true,
            TurnsSince = 0,
            LegacyFingerprint = null,
            // Where storage version 1 wrote the turn before.
            InstructionsHash = resume.InstructionsHash,
            Run = resume.Header.State is { Speaker: { } speaker } ? TrailingRun.Read(turns[^1], speaker) : null,
            Key = call.KeyText,
        };
        var turn = reader.WithContent(ToTurn(call, resume, summary), new TurnContent(header, null, [], [.. summary.Messages]).ToBytes());
        if (!await store.AppendAsync(call.Id, turn, call.Head!.Id, settings.ExpiresAt(), cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        ConversationTelemetry.Compacted(ConversationTelemetry.Logger(settings), call.Id.Name, resume.TurnsSince, turn.InputTokens, turn.OutputTokens);
        return new(turn, header, 0);
    }

    private async ValueTask<ChatResponse> SummarizeAsync(string name, ResentHistory history, string? model, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CompactAsync(history.Messages, new() { ModelId = model, Instructions = history.Instructions }, cancellationToken).ConfigureAwait(false);
        }
        catch (GrokException e) when (e.Kind == GrokErrorKind.ContextLength)
        {
            throw e.WithHint(TooLong(name));
        }
    }

    private ConversationTurn ToTurn(ResolvedCall call, ResumePoint resume, ChatResponse summary)
    {
        var usage = summary.Usage;
        var cost = usage?.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.CostInUsdTicks, out var ticks) ? Math.Max(ticks, 0) : 0;
        return new ConversationTurn
        {
            Id = Guid.NewGuid().ToString("N"),
            ParentId = resume.Turn.Id,
            Depth = resume.Turn.Depth + 1,
            Kind = ConversationTurnKind.Compaction,
            Fingerprint = resume.Turn.Fingerprint,
            IsStored = false,
            Model = summary.ModelId,
            CreatedAt = settings.TimeProvider.GetUtcNow(),
            InstructionsHash = resume.Turn.InstructionsHash,
            SystemMessagesHash = resume.Turn.SystemMessagesHash,
            InputTokens = Math.Max(usage?.InputTokenCount ?? 0, 0),
            OutputTokens = Math.Max(usage?.OutputTokenCount ?? 0, 0),
            CachedInputTokens = Math.Max(usage?.CachedInputTokenCount ?? 0, 0),
            CacheSavingsInUsdTicks = UsageMapper.SavingsOf(usage),
            ContextTokens = Math.Max(usage?.OutputTokenCount ?? 0, 0),
            CostInUsdTicks = cost,
            TotalCostInUsdTicks = cost > long.MaxValue - call.SpentTicks ? long.MaxValue : cost + call.SpentTicks,
        };
    }
}
