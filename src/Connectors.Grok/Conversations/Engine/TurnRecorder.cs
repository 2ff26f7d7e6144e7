using Connectors.Grok.Conversations.History;
using Connectors.Grok.Mapping.Answers;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The last step of a call: turns its answer into a turn and adds that to the conversation, or to a fork when the name has moved.</summary>
internal sealed class TurnRecorder(ConversationStore store, ConversationOptions settings, TurnReader reader, ResolvedCall call, InstructionsPlan instructions)
{
    /// <summary>The model that was requested; null when it is unknown.</summary>
    public string? RequestedModel { get; init; }

    /// <summary>The new messages.</summary>
    public IReadOnlyList<ChatMessage> Input { get; init; } = [];

    /// <summary>The part of a whole history that earlier turns hold; empty when the caller passes new messages.</summary>
    public IReadOnlyList<ChatMessage> Covered { get; init; } = [];

    /// <summary>Why everything was sent; null when it was not.</summary>
    public RebuildReason? Rebuilt { get; init; }

    /// <summary>Whether reasoning was left out, because the service could not decrypt it.</summary>
    public bool DropsReasoning { get; init; }

    /// <summary>Whether turns were sent instead of their summary, because the service could not decrypt it.</summary>
    public bool DropsSummary { get; init; }

    /// <summary>How long the service keeps the answer; null when that is unknown.</summary>
    public TimeSpan? ServerRetention { get; init; }

    private ResumePoint? Resume => call.Resume;

    /// <summary>Keeps the turn.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="path">Reads the turns up to the one that the call continued.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ConversationConflictException">Another turn was added in the meantime, and the option says to throw.</exception>
    /// <exception cref="ConversationStoreException">The store failed; holds the answer.</exception>
    public async ValueTask<KeptTurn> RecordAsync(ChatResponse response, Func<CancellationToken, ValueTask<List<TurnContent>>> path, CancellationToken cancellationToken)
    {
        try
        {
            var turn = await ToTurnAsync(response, path, cancellationToken).ConfigureAwait(false);
            if (await store.AppendAsync(call.Id, turn, call.Head?.Id, settings.ExpiresAt(), cancellationToken).ConfigureAwait(false))
            {
                return new(call.Id.Name, turn.Id, Rebuilt);
            }

            // The answer was paid for: it is kept under a name of its own before anybody is told.
            var fork = call.Id with { Name = $"{call.Id.Name}~{turn.Id[^8..]}" };
            if (!await store.AppendAsync(fork, turn, null, settings.ExpiresAt(), cancellationToken).ConfigureAwait(false))
            {
                // The conversation was deleted in the meantime, and the turns before this one with it.
                await store.AppendAsync(fork, turn with { ParentId = null, Depth = 0 }, null, settings.ExpiresAt(), cancellationToken).ConfigureAwait(false);
            }

            var kept = new KeptTurn(fork.Name, turn.Id, Rebuilt);
            return settings.Conflict == ConversationConflict.Fork ? kept : throw new ConversationConflictException(call.Id.Name, fork.Name, HistoryStamps.Mark(response, kept));
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConversationConflictException))
        {
            // Whatever a store or a protector throws: the answer was paid for.
            response.ConversationId = null;
            throw new ConversationStoreException(e.Message, e) { IsTransient = e is ConversationStoreException { IsTransient: true }, Response = response };
        }
    }

    /// <summary>Keeps the question and the part of its answer that came. The head stays where it is.</summary>
    /// <param name="partial">What came; without messages when nothing did.</param>
    /// <param name="failure">Why the answer failed; null when it was stopped.</param>
    /// <param name="path">Reads the turns up to the one that the call continued.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The id of the turn; null when the turn that the call continued was deleted in the meantime.</returns>
    public async ValueTask<string?> RecordUnansweredAsync(
        ChatResponse partial, GrokErrorKind? failure, Func<CancellationToken, ValueTask<List<TurnContent>>> path, CancellationToken cancellationToken)
    {
        var answer = await ToTurnAsync(partial, path, cancellationToken).ConfigureAwait(false);
        var turn = answer with { Kind = ConversationTurnKind.Unanswered, Failure = failure, AnswerFingerprint = null };
        var head = call.Head?.Id;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (await store.AppendAsync(call.Id, turn, head, settings.ExpiresAt(), cancellationToken).ConfigureAwait(false))
            {
                return turn.Id;
            }

            // Another turn may have been added in the meantime: this one does not move the head, so it can be added wherever that is.
            head = (await store.FindAsync(call.Id, cancellationToken).ConfigureAwait(false))?.Head;
        }

        return null;
    }

    private async ValueTask<ConversationTurn> ToTurnAsync(ChatResponse response, Func<CancellationToken, ValueTask<List<TurnContent>>> path, CancellationToken cancellationToken)
    {
        var now = settings.TimeProvider.GetUtcNow();
        var endsWithResults = ConversationHistory.EndsWithResults(response.Messages.LastOrDefault()?.Contents);
        // A function loop below that a function ended before its first answer returns the id that it continued.
        var stored = endsWithResults && response.ConversationId == Resume?.Turn.ResponseId ? null : response.ConversationId;
        var isStored = stored is not null && !endsWithResults;
        var (header, answer) = await HeaderAsync(response, path, cancellationToken).ConfigureAwait(false);
        var content = new TurnContent(header, Resume is null || instructions.IsRestart ? instructions.Instructions : null, Input, [.. response.Messages])
        {
            Announced = Resume is null || instructions.IsRestart ? null : instructions.Announced,
            DropsReasoning = DropsReasoning,
            DropsSummary = DropsSummary,
        };
        var cost = Cost(response.Usage);
        var turn = new ConversationTurn
        {
            Id = Guid.NewGuid().ToString("N"),
            ParentId = Resume?.Turn.Id,
            Depth = Resume is null ? 0 : Resume.Turn.Depth + 1,
            Fingerprint = header.State is { } state ? call.Key.Apply(state.Text) : null,
            AnswerFingerprint = answer is null ? null : call.Key.Apply(answer),
            ResponseId = endsWithResults ? stored : response.ResponseId,
            StoredResponseIds = stored is not null ? [stored] : [],
            IsStored = isStored,
            IsRebuilt = Rebuilt is not null,
            Model = response.ModelId,
            CreatedAt = now,
            ExpiresAt = isStored && ServerRetention is { } retention ? now.Later(retention) : null,
            InstructionsHash = call.Key.ApplyOptional(instructions.InstructionsHash),
            SystemMessagesHash = call.Key.ApplyOptional(instructions.SystemMessagesHash),
            InputTokens = Math.Max(response.Usage?.InputTokenCount ?? 0, 0),
            OutputTokens = Math.Max(response.Usage?.OutputTokenCount ?? 0, 0),
            CachedInputTokens = Math.Max(response.Usage?.CachedInputTokenCount ?? 0, 0),
            CacheSavingsInUsdTicks = UsageMapper.SavingsOf(response.Usage),
            ContextTokens = ContextTokens.Of(response),
            CostInUsdTicks = cost,
            TotalCostInUsdTicks = cost > long.MaxValue - call.SpentTicks ? long.MaxValue : cost + call.SpentTicks,
        };
        return reader.WithContent(turn, content.Reduced(settings.Retention).ToBytes());
    }

    /// <summary>What the next turn must know, and the fingerprint of the answer.</summary>
    private async ValueTask<(TurnHeader Header, string? Answer)> HeaderAsync(
        ChatResponse response, Func<CancellationToken, ValueTask<List<TurnContent>>> path, CancellationToken cancellationToken)
    {
        var answer = new AnswerFingerprint(Resume?.Header.User);
        foreach (var message in Input.Concat(response.Messages))
        {
            answer.Add(message);
        }

        var before = Resume is { Header.State: null } ? await BeforeAsync(path, cancellationToken).ConfigureAwait(false) : null;
        using var fingerprint = Resume?.Header.State is { } state ? Fingerprint.Continue(state, () => EarlierText(Resume.Turn, state))
            : Resume is null || before is not null || Covered.Count > 0 ? Fingerprint.Start()
            : null;
        // System messages that lead a call are instructions, also where they changed.
        var input = call.Passed == PassedMessages.New ? Input.SkipWhile(static m => FingerprintAtoms.IsSystem(m.Role)) : Input.Skip(instructions.LeadingRepeated);
        fingerprint?.Add(before ?? (Resume?.Header.State is null ? Covered : [])).Add(input).Add(response.Messages);
        var calls = TurnContent.CallsIn(response.Messages.Select(static m => m.Contents));
        var header = new TurnHeader(RequestedModel, calls)
        {
            State = fingerprint?.State,
            User = answer.User,
            Run = fingerprint is { IsRunOlder: true, State: { } open } && Resume is not null ? EarlierText(Resume.Turn, open) : null,
            InstructionsHash = instructions.InstructionsHash,
            SystemMessagesHash = instructions.SystemMessagesHash,
            Key = call.KeyText,
            TurnsSince = Resume?.Header.TurnsSince is { } turns && !DropsSummary ? turns + 1 : null,
            HidesAnswers = calls.Count > 1 || Resume is { Header.HidesAnswers: true } || Resume?.IsOlder(call.Key) == true
                || Input.Any(static m => m.Role == ChatRole.Assistant) || response.Messages.Any(static m => ConversationHistory.EndsWithResults(m.Contents)),
        };
        return (header, answer.ToString());
    }

    /// <summary>All messages before this turn, where the turn before it has a fingerprint of storage version 1; null where they were not kept.</summary>
    private async ValueTask<IReadOnlyList<ChatMessage>?> BeforeAsync(Func<CancellationToken, ValueTask<List<TurnContent>>> path, CancellationToken cancellationToken)
    {
        if (Covered.Count > 0)
        {
            return null;
        }

        try
        {
            var turns = await path(cancellationToken).ConfigureAwait(false);
            return turns.All(static t => t.Kept == ConversationRetention.Everything)
                ? [.. turns.Where(static t => !t.Header.IsCompaction).SelectMany(static t => t.Input.Concat(t.Output))]
                : null;
        }
        catch (ConversationStoreException)
        {
            // An old turn that cannot be read costs the fingerprint, not the answer.
            return null;
        }
    }

    /// <summary>The text of the last run before this turn, which this one continues; null when it was not kept.</summary>
    private string? EarlierText(ConversationTurn turn, FingerprintState state) =>
        Covered.Count > 0 ? TrailingRun.Read(Covered, state.Speaker) : TrailingRun.Read(reader.Content(turn), state.Speaker);

    /// <summary>The price; a negative one counts as none.</summary>
    private static long Cost(UsageDetails? usage) =>
        usage?.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.CostInUsdTicks, out var ticks) ? Math.Max(ticks, 0) : 0;
}
