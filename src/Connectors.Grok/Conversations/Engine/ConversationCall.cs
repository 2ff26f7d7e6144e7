using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>One call on one conversation: where it goes on from, what is sent, what is kept of it.</summary>
internal sealed class ConversationCall
{
    private readonly ConversationStore _store;
    private readonly ConversationOptions _settings;
    private readonly ILogger _logger;
    private readonly ConversationId _id;
    private readonly ConversationTurn? _head;
    private readonly Basis? _basis;
    private readonly List<ChatMessage> _covered;
    private readonly ChatOptions _options;
    private readonly string? _instructions;
    private ClientDefaults _facts;
    private List<ChatMessage> _input;
    private IReadOnlyList<ChatMessage> _history = [];
    private string? _historyInstructions;
    private RebuildReason? _rebuild;
    private GrokException? _firstFailure;

    private ConversationCall(
        ConversationStore store, ConversationOptions settings, ConversationId id, ConversationTurn? head, Basis? basis, List<ChatMessage> messages, ChatOptions options, ClientDefaults facts)
    {
        _store = store;
        _settings = settings;
        _logger = ConversationTelemetry.Logger(settings);
        (_id, _head, _basis, _options, _facts) = (id, head, basis, options, facts);
        (_covered, _input) = basis is { Covered: > 0 and var covered } ? (messages[..covered], messages[covered..]) : ([], messages);
        _instructions = string.IsNullOrWhiteSpace(options.Instructions) ? null : options.Instructions;
    }

    /// <summary>Whether the service turned out to keep nothing for this team.</summary>
    public bool IsZeroRetention => _facts.IsZeroRetention;

    private string? RequestedModel => _options.ModelId ?? _facts.Model;

    /// <summary>Whether the instructions given are not those that the conversation goes by.</summary>
    private bool HasNewInstructions => _basis is not null && _instructions is not null && TextHash.Of(_instructions) != _basis.Turn.InstructionsHash;

    private string? Announced => _settings.ContinuationInstructions switch
    {
        ContinuationInstructions.WhenChanged when HasNewInstructions => _instructions,
        ContinuationInstructions.Always when _basis is not null => _instructions,
        _ => null,
    };

    private bool IsRestart => _basis is null || (HasNewInstructions && _settings.ContinuationInstructions == ContinuationInstructions.Restart);

    /// <summary>Whether the instructions of the call do not count: those of the first turn stay in force, and it may have had none.</summary>
    private bool IgnoresInstructions => _basis is not null && _settings.ContinuationInstructions == ContinuationInstructions.Never;

    /// <summary>Whose conversation a call is on: the one it names, else the one that its history was stamped with, else a new one.</summary>
    public static ConversationId Name(ConversationOptions settings, List<ChatMessage> messages, ChatOptions? options)
    {
        var name = string.IsNullOrWhiteSpace(options?.ConversationId) ? Basis.StampedConversation(messages) : options.ConversationId;
        return new ConversationId(settings.Tenant, string.IsNullOrWhiteSpace(name) ? Guid.NewGuid().ToString("N") : name);
    }

    /// <summary>Finds the conversation and the turn to go on from.</summary>
    /// <exception cref="ArgumentException">A message is the result of a call that the conversation does not wait for.</exception>
    /// <exception cref="ConversationBudgetException">The conversation has cost what it may.</exception>
    public static async ValueTask<ConversationCall> OpenAsync(
        ConversationStore store, ConversationOptions settings, ConversationId id, List<ChatMessage> messages, ChatOptions? options, ClientDefaults facts, CancellationToken cancellationToken)
    {
        var info = await store.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (info is not null && settings.TimeProvider.GetUtcNow() - info.UpdatedAt > settings.KeepFor)
        {
            await store.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
            info = null;
        }

        var basis = await Basis.FindAsync(store, settings, info?.Head, messages, options, cancellationToken).ConfigureAwait(false);
        var head = info?.Head is not { } at || at == basis?.Turn.Id ? basis?.Turn : await store.GetTurnAsync(id.Tenant, at, cancellationToken).ConfigureAwait(false);
        var call = new ConversationCall(store, settings, id, info?.Head is null ? null : head, basis, messages, options?.Clone() ?? new ChatOptions(), facts);
        call.Check(messages);
        await call.PlanAsync(cancellationToken).ConfigureAwait(false);
        return call;
    }

    /// <summary>What the next attempt sends. Each sets all that an earlier one may have set.</summary>
    public (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) ToSend()
    {
        var options = _options;
        options.AdditionalProperties ??= [];
        options.AdditionalProperties.Remove(GrokKeys.Request.ParentTurn);
        options.AdditionalProperties.Remove(CallTenant.Key);
        options.AdditionalProperties.TryAdd(GrokKeys.Request.PromptCacheKey, TextHash.CacheKey(_id));
        if (IsZeroRetention)
        {
            options.AdditionalProperties[GrokKeys.Request.Store] = false;
        }

        if (_rebuild is null || _basis is null)
        {
            options.ConversationId = _basis?.Turn.ResponseId;
            options.Instructions = _basis is null ? _instructions : null;
            return (NewMessages(), options);
        }

        options.ConversationId = null;
        options.Instructions = IsRestart || (_historyInstructions is null && !(IgnoresInstructions && _basis.Turn.InstructionsHash is null)) ? _instructions : _historyInstructions;
        return ([.. _history, .. NewMessages()], options);
    }

    /// <summary>Whether another attempt makes sense after a failure: the whole history instead of the id, or without what the service cannot take.</summary>
    /// <exception cref="GrokException">It does not, and it was not the first failure: both causes are told.</exception>
    public async ValueTask<bool> TryRebuildAsync(GrokException failure, CancellationToken cancellationToken)
    {
        if (ReasonToRebuild(failure) is not { } reason)
        {
            // Timeouts and derived exceptions keep their type and their cause.
            return _firstFailure is null || failure.Kind == GrokErrorKind.Timeout || failure.GetType() != typeof(GrokException) ? false : throw failure.With(
                $"{failure.Message} The conversation was sent anew because: {_firstFailure.Message}", new AggregateException(failure, _firstFailure));
        }

        _firstFailure = failure;
        _facts = _facts with { IsZeroRetention = IsZeroRetention || reason == RebuildReason.ZeroRetention };
        await RebuildAsync(reason, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Keeps the turn, now that the answer is whole.</summary>
    /// <returns>What is said on the answer: the conversation it belongs to, its turn, and why it was sent anew.</returns>
    /// <exception cref="ConversationConflictException">Another turn was made in the meantime, and the option says to throw.</exception>
    /// <exception cref="ConversationStoreException">The store failed; holds the answer.</exception>
    public async ValueTask<Stamps> CommitAsync(ChatResponse response, CancellationToken cancellationToken)
    {
        try
        {
            var turn = ToTurn(response);
            if (await _store.AppendAsync(_id, turn, _head?.Id, cancellationToken).ConfigureAwait(false))
            {
                return new Stamps(_id.Name, turn.Id, _rebuild);
            }

            // The answer was paid for: it is kept under a name of its own before anybody is told.
            var fork = _id with { Name = $"{_id.Name}~{turn.Id[^8..]}" };
            if (!await _store.AppendAsync(fork, turn, null, cancellationToken).ConfigureAwait(false))
            {
                // The conversation was deleted in the meantime, and the turns before this one with it.
                await _store.AppendAsync(fork, turn with { ParentId = null, Depth = 0 }, null, cancellationToken).ConfigureAwait(false);
            }

            return _settings.Conflict == ConversationConflict.Fork
                ? new Stamps(fork.Name, turn.Id, _rebuild)
                : throw new ConversationConflictException(_id.Name, fork.Name, response);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConversationConflictException))
        {
            // Whatever a store or a protector throws: the answer was paid for.
            throw new ConversationStoreException(e.Message, e) { IsTransient = e is ConversationStoreException { IsTransient: true }, Response = response };
        }
    }

    private RebuildReason? ReasonToRebuild(GrokException failure) => failure.Kind switch
    {
        GrokErrorKind.InvalidRequest or GrokErrorKind.UnknownResponse when !IsZeroRetention && ZeroRetention.IsMeantBy(failure) => RebuildReason.ZeroRetention,
        GrokErrorKind.UnknownResponse when _rebuild is null && _basis is not null => RebuildReason.UnknownResponse,
        GrokErrorKind.InvalidRequest when _rebuild is null && _basis is not null && HasImages(_input) => RebuildReason.ImagesRefused,
        GrokErrorKind.EncryptedContentRejected when _rebuild is not RebuildReason.ReasoningRejected && (_rebuild is not null || _input.Exists(ConversationHistory.HasReasoning)) => RebuildReason.ReasoningRejected,
        _ => null,
    };

    private void Check(List<ChatMessage> messages)
    {
        if (_settings.Budget is { } budget && Money.ToUsd(SpentTicks()) is var cost && cost >= budget && cost > 0)
        {
            throw new ConversationBudgetException(_id.Name, cost, budget);
        }

        if (HasNewInstructions && _settings.ContinuationInstructions == ContinuationInstructions.Throw)
        {
            throw new InvalidOperationException($"The instructions differ from those that the conversation '{_id.Name}' goes by.");
        }

        if (_input.Exists(static m => m.Contents.Any(static c => c is FunctionResultContent)) && Orphan() is { } orphan)
        {
            throw new ArgumentException(
                $"The conversation '{_id.Name}' does not wait for the result of a function call '{orphan.CallId}': it was never made, or the conversation went on without it.", nameof(messages));
        }
    }

    /// <summary>A result that no call waits for: neither one of the conversation's last answer nor one that comes with it.</summary>
    private FunctionResultContent? Orphan()
    {
        var contents = _input.SelectMany(static m => m.Contents).ToList();
        var calls = contents.OfType<FunctionCallContent>().Select(static c => c.CallId).Concat(_basis?.Facts.OpenCalls ?? []).ToHashSet(StringComparer.Ordinal);
        return contents.OfType<FunctionResultContent>().FirstOrDefault(r => !calls.Contains(r.CallId));
    }

    /// <summary>What is known beforehand to need the whole history.</summary>
    private async ValueTask PlanAsync(CancellationToken cancellationToken)
    {
        RebuildReason? reason = _basis?.Turn switch
        {
            null => null,
            { IsStored: false } or { ResponseId: null } => RebuildReason.NotStored,
            // A turn that shall not be stored cannot go on by id.
            _ when _facts.StoresNothing(_options) => RebuildReason.NotStored,
            { ExpiresAt: { } expiry } when expiry <= _settings.TimeProvider.GetUtcNow() => RebuildReason.Expired,
            _ when IsOtherModel() => RebuildReason.ModelChanged,
            _ when IsRestart => RebuildReason.InstructionsChanged,
            // Only where all of it was kept: by id it goes well as long as the service has it.
            _ when _settings.Retention == ConversationRetention.Everything && _input.Exists(Approvals.HasDecision) => RebuildReason.ApprovalDecided,
            _ => null,
        };
        if (reason is { } known)
        {
            await RebuildAsync(known, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsOtherModel() =>
        RequestedModel is { } asked && asked != _basis!.Facts.Model && _basis.Turn.Model is { } answered && ModelProfile.Family(asked) != ModelProfile.Family(answered);

    private async ValueTask RebuildAsync(RebuildReason reason, CancellationToken cancellationToken)
    {
        if (_rebuild is null && _basis is not null)
        {
            var path = await _store.GetPathAsync(_id.Tenant, _basis.Turn.Id, cancellationToken).ConfigureAwait(false);
            var contents = path.Select(t => TurnContent.Of(t, _settings.Protector)).ToList();
            _history = ConversationHistory.Of(contents, _covered, _input) ?? throw NotKept(reason);
            _historyInstructions = contents.LastOrDefault(static c => c.Instructions is not null)?.Instructions;
        }

        if (reason == RebuildReason.ReasoningRejected)
        {
            _history = [.. _history.Select(ConversationHistory.WithoutReasoning)];
            _input = [.. _input.Select(ConversationHistory.WithoutReasoning)];
        }

        _rebuild = reason;
        ConversationTelemetry.Rebuilt(_logger, _id.Name, reason);
    }

    private GrokException NotKept(RebuildReason reason) => new(
        GrokErrorKind.UnknownResponse,
        $"The conversation '{_id.Name}' would have to be sent anew ({reason}), but what was said was not kept (ConversationOptions.Retention is {_settings.Retention}). "
        + "Pass the whole history with the call, or begin a new conversation.",
        _firstFailure);

    /// <summary>The caller's messages; changed instructions go before them, and stay part of the conversation.</summary>
    private List<ChatMessage> NewMessages() => Announced is null ? _input : [new ChatMessage(ChatRole.System, Announced), .. _input];

    private ConversationTurn ToTurn(ChatResponse response)
    {
        var now = _settings.TimeProvider.GetUtcNow();
        var cost = response.Usage?.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.CostInUsdTicks, out var ticks) ? ticks : 0;
        var endsWithResults = ConversationHistory.EndsWithResults(response.Messages.LastOrDefault()?.Contents);
        // A loop below that a function ended before its first answer hands on the id it went on from.
        var stored = endsWithResults && response.ConversationId == _basis?.Turn.ResponseId ? null : response.ConversationId;
        var isStored = stored is not null && !endsWithResults;
        var content = new TurnContent(RequestedModel, IsRestart ? _instructions : null, _input, [.. response.Messages])
        {
            Announced = Announced,
            DropsReasoning = _rebuild == RebuildReason.ReasoningRejected,
            Fingerprint = FingerprintWith(response),
        };
        return new ConversationTurn
        {
            Id = Guid.NewGuid().ToString("N"),
            ParentId = _basis?.Turn.Id,
            Depth = _basis is null ? 0 : _basis.Turn.Depth + 1,
            ResponseId = endsWithResults ? stored : response.ResponseId,
            StoredResponseIds = stored is not null ? [stored] : [],
            IsStored = isStored,
            IsRebuilt = _rebuild is not null,
            Model = response.ModelId,
            CreatedAt = now,
            ExpiresAt = isStored ? now.Later(_settings.ServerRetention) : null,
            InstructionsHash = _instructions is not null && !IgnoresInstructions ? TextHash.Of(_instructions) : _basis?.Turn.InstructionsHash,
            InputTokens = response.Usage?.InputTokenCount ?? 0,
            OutputTokens = response.Usage?.OutputTokenCount ?? 0,
            CostInUsdTicks = cost,
            TotalCostInUsdTicks = cost + SpentTicks(),
            Content = content.Reduced(_settings.Retention).ToBytes(_settings.Protector),
        };
    }

    /// <summary>Of the conversation with this answer; null when it is not known what it goes on from.</summary>
    private string? FingerprintWith(ChatResponse response)
    {
        using var fingerprint = _basis is { Facts.Fingerprint: null } ? null : Fingerprint.After(_basis?.Facts.Fingerprint);
        return fingerprint?.Add(_input).Add(response.Messages).ToString();
    }

    /// <summary>The price of all turns so far, those on a branch that is being left included.</summary>
    private long SpentTicks() => Math.Max(_head?.TotalCostInUsdTicks ?? 0, _basis?.Turn.TotalCostInUsdTicks ?? 0);

    private static bool HasImages(IEnumerable<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).Any(static c =>
        c is DataContent data && data.HasTopLevelMediaType("image") || c is UriContent uri && uri.HasTopLevelMediaType("image"));
}
