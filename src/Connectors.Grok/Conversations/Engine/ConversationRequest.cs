using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// One call on a named conversation, step by step: resolve where it continues (<see cref="ConversationResolver"/>), plan its instructions
/// (<see cref="InstructionsPlan"/>), plan whether everything is sent (<see cref="RebuildPlan"/>), send, and record the turn (<see cref="TurnRecorder"/>).
/// </summary>
internal sealed class ConversationRequest
{
    private readonly ConversationStore _store;
    private readonly ConversationOptions _settings;
    private readonly ILogger _logger;
    private readonly TurnReader _reader;
    private readonly ResolvedCall _call;
    private readonly ResumePoint? _resume;
    private readonly InstructionsPlan _instructions;
    private readonly RebuildPlan _rebuild;
    private readonly List<ChatMessage> _covered;
    private readonly ChatOptions _options;
    private readonly ClientDefaults _defaults;
    private List<ChatMessage> _input;
    private List<TurnContent>? _path;
    private ResentHistory? _history;

    private ConversationRequest(
        ConversationStore store, ConversationOptions settings, ResolvedCall call, InstructionsPlan instructions, List<ChatMessage> messages, ChatOptions options, ClientDefaults defaults, bool isNamed)
    {
        (_store, _settings, _instructions, _options, _defaults) = (store, settings, instructions, options, defaults);
        _logger = ConversationTelemetry.Logger(settings);
        _reader = TurnReader.For(settings);
        // Where instructions were removed, the posted history is all that counts.
        _call = instructions.IsRemoved ? call with { Resume = null, Passed = PassedMessages.OwnView } : call;
        _resume = _call.Resume;
        var covered = _resume?.Covered ?? 0;
        (_covered, _input) = (_call.Passed == PassedMessages.WholeHistory ? messages[..covered] : [], [.. messages[..instructions.LeadingRepeated], .. messages[(covered + instructions.LeadingInForce)..]]);
        _rebuild = new RebuildPlan(_resume?.Answer, defaults);
        KeepsUnanswered = isNamed && settings is { KeepUnanswered: true, Retention: ConversationRetention.Everything };
    }

    /// <summary>Whether the question is kept when the answer does not complete.</summary>
    public bool KeepsUnanswered { get; }

    /// <summary>Whether the service turned out to keep nothing for this team.</summary>
    public bool IsZeroRetention => _rebuild.IsZeroRetention;

    private string? RequestedModel => _options.ModelId ?? _defaults.Model;

    /// <summary>The caller's new messages, after the instructions that are announced with them.</summary>
    private List<ChatMessage> NewMessages => _instructions.Announced is not { } announced || _instructions.IsRestart ? _input : [new ChatMessage(ChatRole.System, announced), .. _input];

    /// <summary>Finds the conversation, and plans what is sent.</summary>
    /// <exception cref="ArgumentException">A message is the result of a call that the conversation does not wait for.</exception>
    /// <exception cref="ConversationBudgetException">The conversation has reached its budget.</exception>
    public static async ValueTask<ConversationRequest> OpenAsync(
        ConversationStore store, ConversationOptions settings, CallName name, List<ChatMessage> messages, ChatOptions? options, ClientDefaults defaults, Compactor? compactor, CancellationToken cancellationToken)
    {
        var call = name.IsNew
            ? ResolvedCall.Begin(name.Id, settings)
            : await new ConversationResolver(store, settings, messages, cancellationToken).ResolveAsync(name, options).ConfigureAwait(false);
        CheckBudget(call, settings);
        if (compactor?.IsDue(call, options?.ModelId ?? defaults.Model) == true)
        {
            call = await compactor.TryCompactAsync(call, options?.ModelId ?? defaults.Model, cancellationToken).ConfigureAwait(false);
            CheckBudget(call, settings);
        }

        var instructions = InstructionsPlan.Create(call, messages, options, settings);
        var request = new ConversationRequest(store, settings, call, instructions, messages, options?.Clone() ?? new ChatOptions(), defaults, !name.IsNew);
        if (request.Orphans() is { Count: > 0 } orphans && !request.TryLeaveOut(orphans))
        {
            throw new ArgumentException(
                $"The conversation '{PrintableText.Escape(call.Id.Name)}' has no pending function call '{PrintableText.Escape(orphans[0].CallId)}': it was never made, or the conversation continued without its result.", nameof(messages));
        }

        await request.PlanAsync(cancellationToken).ConfigureAwait(false);
        return request;
    }

    /// <summary>What the next attempt sends. Each sets all that an earlier one may have set.</summary>
    public (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) ToSend()
    {
        var options = _options;
        options.AdditionalProperties ??= [];
        options.AdditionalProperties.Remove(GrokKeys.Request.ParentTurn);
        options.AdditionalProperties.Remove(CallTenant.Key);
        if (_defaults.HasCacheKeys)
        {
            options.AdditionalProperties.TryAdd(GrokKeys.Request.PromptCacheKey, TextHash.CacheKey(_call.Id));
        }

        if (IsZeroRetention)
        {
            options.AdditionalProperties[GrokKeys.Request.Store] = false;
        }

        if (_history is null || _resume is null)
        {
            options.ConversationId = _resume?.Turn.ResponseId;
            options.Instructions = _resume is null ? _instructions.Instructions : null;
            return (_rebuild.DropsReasoning ? [.. NewMessages.Select(ConversationHistory.WithoutReasoning)] : NewMessages, options);
        }

        options.ConversationId = null;
        options.Instructions = _instructions.IsRestart || _history.IsCallers ? _instructions.Instructions : _history.Instructions;
        IReadOnlyList<ChatMessage> all = [.. _history.Messages, .. _history.IsCallers ? _input.Skip(_instructions.LeadingRepeated) : NewMessages];
        return (_rebuild.DropsReasoning ? [.. all.Select(ConversationHistory.WithoutReasoning)] : all, options);
    }

    /// <summary>Prepares another attempt after a failure.</summary>
    /// <returns>False when no further attempt makes sense.</returns>
    /// <exception cref="GrokException">No further attempt makes sense, and this was not the first failure: the exception tells both.</exception>
    public async ValueTask<bool> TryRebuildAsync(GrokException failure, CancellationToken cancellationToken)
    {
        if (failure.Kind == GrokErrorKind.ContextLength && _resume is not null)
        {
            throw failure.WithHint(Compactor.TooLong(_call.Id.Name));
        }

        var sendsReasoning = _history is not null || _input.Exists(ConversationHistory.HasReasoning);
        if (_rebuild.After(failure, _input, sendsReasoning, sendsSummary: _history is { HasSummary: true }))
        {
            await RebuildAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }

        return _rebuild.Explain(failure) is { } both ? throw both : false;
    }

    /// <summary>Keeps the turn, now that the answer is complete.</summary>
    /// <exception cref="ConversationConflictException">Another turn was added in the meantime, and the option says to throw.</exception>
    /// <exception cref="ConversationStoreException">The store failed; holds the answer.</exception>
    public async ValueTask<KeptTurn> CommitAsync(ChatResponse response, CancellationToken cancellationToken) =>
        await Recorder().RecordAsync(response, PathAsync, cancellationToken).ConfigureAwait(false);

    /// <summary>Keeps the question, if the options say so, when its answer did not complete. Never throws; the exception of the call then tells the turn.</summary>
    /// <param name="partial">What came of the answer; null when it did not begin.</param>
    /// <param name="failure">The exception of the call; null when the caller stopped reading.</param>
    public async ValueTask KeepUnansweredAsync(ChatResponse? partial, Exception? failure)
    {
        if (!KeepsUnanswered || !UnansweredTurn.IsKept(failure, partial is not null))
        {
            return;
        }

        try
        {
            // The token of the call is cancelled.
            using var time = new CancellationTokenSource(UnansweredTurn.StoreTime, _settings.TimeProvider);
            if (await Recorder().RecordUnansweredAsync(UnansweredTurn.Reduced(partial), UnansweredTurn.FailureOf(failure), PathAsync, time.Token).ConfigureAwait(false) is { } id && failure is not null)
            {
                failure.Data[ConversationAnswerExtensions.UnansweredTurn] = id;
            }
        }
        catch (Exception e) when (e is GrokException or OperationCanceledException or InvalidOperationException or ArgumentException)
        {
            ConversationTelemetry.UnansweredNotKept(_logger, _call.Id.Name, e);
        }
    }

    private TurnRecorder Recorder() => new(_store, _settings, _reader, _call, _instructions)
    {
        RequestedModel = RequestedModel,
        Input = _rebuild.DropsReasoning ? [.. _input.Select(ConversationHistory.WithoutReasoning)] : _input,
        Covered = _covered,
        Rebuilt = _rebuild.Reason ?? (_call.Passed == PassedMessages.OwnView ? RebuildReason.OwnHistory : null),
        DropsReasoning = _rebuild.DropsReasoning,
        DropsSummary = _rebuild.DropsSummary,
        ServerRetention = _settings.ServerRetention ?? _defaults.Retention,
    };

    private static void CheckBudget(ResolvedCall call, ConversationOptions settings)
    {
        if (settings is { Budget: { } limit, BudgetNeedsPrice: true } && call is { SpentTicks: 0, Head: { } head } && head.InputTokens + head.OutputTokens > 0)
        {
            throw ConversationBudgetException.WithoutPrice(call.Id.Name, limit);
        }

        if (settings.Budget is { } budget && Money.ToUsd(call.SpentTicks) is var cost && cost >= budget && cost > 0)
        {
            throw new ConversationBudgetException(call.Id.Name, cost, budget);
        }
    }

    /// <summary>The results that no call waits for: neither one of the conversation's last answer nor one that comes with them. The client below leaves those of an own view out.</summary>
    private List<FunctionResultContent> Orphans()
    {
        if (_call.Passed == PassedMessages.OwnView || !ConversationHistory.HasResults(_input))
        {
            return [];
        }

        var contents = _input.SelectMany(static m => m.Contents).ToList();
        var calls = contents.OfType<FunctionCallContent>().Select(static c => c.CallId).Concat(_resume?.Header.OpenCalls ?? []).ToHashSet(StringComparer.Ordinal);
        return [.. contents.OfType<FunctionResultContent>().Where(r => !calls.Contains(r.CallId))];
    }

    /// <summary>
    /// Leaves results out of a whole history, and of the input of an earlier turn, which must stay sendable whatever a host dropped from them.
    /// In new messages they are a mistake, and alone there is nothing to send without them.
    /// </summary>
    private bool TryLeaveOut(List<FunctionResultContent> orphans)
    {
        var isHistory = _call.Passed == PassedMessages.WholeHistory || _options.AdditionalProperties?.ContainsKey(GrokKeys.Request.ParentTurn) == true;
        List<ChatMessage> kept = [.. _input.Select(message =>
        {
            var copy = message.Clone();
            copy.Contents = [.. message.Contents.Where(c => !orphans.Contains(c))];
            return copy;
        }).Where(static m => m.Contents.Count > 0)];
        if (!isHistory || kept.Count == 0)
        {
            return false;
        }

        ConversationTelemetry.LeftOutResults(_logger, _call.Id.Name);
        _input = kept;
        return true;
    }

    /// <summary>Decides before the first attempt whether everything is sent.</summary>
    private async ValueTask PlanAsync(CancellationToken cancellationToken)
    {
        _rebuild.Before(_input, _options, _settings.TimeProvider.GetUtcNow());
        if (_instructions.IsRestart)
        {
            _rebuild.Add(RebuildReason.InstructionsChanged);
        }
        else if (_settings.Retention == ConversationRetention.Everything && _input.Exists(Approvals.HasDecision))
        {
            // Only where everything is kept: by id it goes well as long as the service has the answer.
            _rebuild.Add(RebuildReason.ApprovalDecided);
        }

        if (_rebuild.Reason is not null)
        {
            await RebuildAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (_call.Passed == PassedMessages.OwnView)
        {
            ConversationTelemetry.Rebuilt(_logger, _call.Id.Name, RebuildReason.OwnHistory);
        }
    }

    private async ValueTask RebuildAsync(CancellationToken cancellationToken)
    {
        if (_resume is not null)
        {
            _history = _history is { } history && !(history.HasSummary && _rebuild.DropsSummary) ? history
                : ResentHistory.Create(await PathAsync(cancellationToken).ConfigureAwait(false), _covered, _input, _instructions.IsRestart, _rebuild.DropsSummary) ?? throw NotKept();
        }

        ConversationTelemetry.Rebuilt(_logger, _call.Id.Name, _rebuild.Reason!.Value);
        if (_resume?.Answer.IsAnsweredBy(_input) == false)
        {
            ConversationTelemetry.LeftOutCalls(_logger, _resume.Turn.Id);
        }
    }

    private async ValueTask<List<TurnContent>> PathAsync(CancellationToken cancellationToken)
    {
        if (_path is null)
        {
            var path = await _store.GetPathAsync(_call.Id.Tenant, _resume!.Turn.Id, cancellationToken).ConfigureAwait(false);
            _path = [.. path.Select(_reader.Content)];
        }

        return _path;
    }

    private GrokException NotKept() => new(
        GrokErrorKind.UnknownResponse,
        $"The conversation '{PrintableText.Escape(_call.Id.Name)}' must be resent in full ({_rebuild.Reason}), but its messages were not kept (ConversationOptions.Retention is {_settings.Retention}). "
        + "Pass the whole history with the call, or begin a new conversation.",
        _rebuild.FirstFailure);
}
