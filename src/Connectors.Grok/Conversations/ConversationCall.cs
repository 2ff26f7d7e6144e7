using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Conversations;

/// <summary>One call on one conversation: where it goes on from, what is sent, what is kept of it.</summary>
internal sealed class ConversationCall
{
    private readonly IConversationStore _store;
    private readonly ConversationOptions _settings;
    private readonly ILogger _logger;
    private readonly ConversationId _id;
    private readonly string? _head;
    private readonly ConversationTurn? _basis;
    private readonly TurnContent? _basisContent;
    private readonly List<ChatMessage> _input;
    private readonly ChatOptions _options;
    private readonly string? _requestedModel;
    private readonly string? _instructions;
    private IReadOnlyList<ChatMessage>? _history;
    private string? _historyInstructions;
    private RebuildReason? _rebuild;
    private GrokException? _firstFailure;

    private ConversationCall(
        IConversationStore store, ConversationOptions settings, ConversationId id, string? head, (ConversationTurn Turn, TurnContent Content)? basis,
        List<ChatMessage> input, ChatOptions options, string? requestedModel)
    {
        _store = store;
        _settings = settings;
        _logger = settings.LoggerFactory?.CreateLogger(ConversationTelemetry.MeterName) ?? NullLogger.Instance;
        (_id, _head, _input, _options, _requestedModel) = (id, head, input, options, requestedModel);
        (_basis, _basisContent) = (basis?.Turn, basis?.Content);
        _instructions = string.IsNullOrWhiteSpace(options.Instructions) ? null : options.Instructions;
    }

    /// <summary>Whether the instructions given are not those that the conversation goes by.</summary>
    private bool HasNewInstructions => _basis is not null && _instructions is not null && Hash(_instructions) != _basis.InstructionsHash;

    /// <summary>Finds the conversation and the turn to go on from.</summary>
    public static async ValueTask<ConversationCall> OpenAsync(
        IConversationStore store, ConversationOptions settings, IEnumerable<ChatMessage> messages, ChatOptions? options, string? defaultModel, CancellationToken cancellationToken)
    {
        var input = messages.ToList();
        var name = string.IsNullOrWhiteSpace(options?.ConversationId) ? Guid.NewGuid().ToString("N") : options.ConversationId;
        var id = new ConversationId(settings.Tenant, name);
        var info = await store.FindAsync(id, cancellationToken).ConfigureAwait(false);
        var basis = info?.Head is { } head ? await BasisAsync(store, settings, head, input, cancellationToken).ConfigureAwait(false) : null;
        var call = new ConversationCall(store, settings, id, info?.Head, basis, input, options?.Clone() ?? new ChatOptions(), options?.ModelId ?? defaultModel);
        call.Check();
        await call.PlanAsync(cancellationToken).ConfigureAwait(false);
        return call;
    }

    /// <summary>What the next attempt sends.</summary>
    public (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) ToSend()
    {
        var options = _options.Clone();
        options.AdditionalProperties ??= [];
        options.AdditionalProperties.TryAdd(GrokKeys.PromptCacheKey, CacheKey(_id));
        if (_rebuild is null)
        {
            options.ConversationId = _basis?.ResponseId;
            options.Instructions = _basis is null ? _instructions : null;
            return (NewMessages(), options);
        }

        options.ConversationId = null;
        options.Instructions = _rebuild == RebuildReason.InstructionsChanged || _historyInstructions is null ? _instructions : _historyInstructions;
        return ([.. _history!, .. NewMessages()], options);
    }

    /// <summary>Whether another attempt makes sense after a failure: the whole history instead of the id, or without reasoning that the service cannot open.</summary>
    /// <exception cref="GrokException">It does not, and it was not the first failure: both causes are told.</exception>
    public async ValueTask<bool> TryRebuildAsync(GrokException failure, CancellationToken cancellationToken)
    {
        RebuildReason? reason = failure.Kind switch
        {
            GrokErrorKind.UnknownResponse when _rebuild is null && _basis is not null => RebuildReason.UnknownResponse,
            GrokErrorKind.InvalidRequest when _rebuild is null && _basis is not null && HasImages(_input) => RebuildReason.ImagesRefused,
            GrokErrorKind.EncryptedContentRejected when _rebuild is not null and not RebuildReason.ReasoningRejected => RebuildReason.ReasoningRejected,
            _ => null,
        };
        if (reason is null)
        {
            return _firstFailure is null ? false : throw new GrokException(
                failure.Kind, $"{failure.Message} The conversation was sent anew because: {_firstFailure.Message}", new AggregateException(failure, _firstFailure))
            {
                Status = failure.Status,
                Code = failure.Code,
                ServiceMessage = failure.ServiceMessage,
                RequestId = failure.RequestId,
                RetryAfter = failure.RetryAfter,
                Body = failure.Body,
                IsTransient = failure.IsTransient,
            };
        }

        _firstFailure = failure;
        await RebuildAsync(reason.Value, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Says on an answer that, and why, the whole conversation was sent for it.</summary>
    public AdditionalPropertiesDictionary? Mark(AdditionalPropertiesDictionary? properties)
    {
        if (_rebuild is { } reason)
        {
            (properties ??= [])[GrokKeys.Rebuilt] = reason.ToString();
        }

        return properties;
    }

    /// <summary>Keeps the turn, now that the answer is whole, and says under which id the conversation goes on.</summary>
    /// <exception cref="ConversationConflictException">Another turn was made in the meantime, and the option says to throw.</exception>
    public async ValueTask<string> CommitAsync(ChatResponse response, CancellationToken cancellationToken)
    {
        var turn = ToTurn(response);
        if (await _store.AppendAsync(_id, turn, _head, cancellationToken).ConfigureAwait(false))
        {
            return _id.Name;
        }

        // The answer was paid for: it is kept under a name of its own before anybody is told.
        var fork = _id with { Name = $"{_id.Name}~{turn.Id[^8..]}" };
        await _store.AppendAsync(fork, turn, null, cancellationToken).ConfigureAwait(false);
        return _settings.Conflict == ConversationConflict.Fork ? fork.Name : throw new ConversationConflictException(_id.Name, fork.Name, response);
    }

    /// <summary>The turn to go on from: the head, or, when the head waits for results of calls that do not come, the last turn before it that waits for nothing.</summary>
    private static async ValueTask<(ConversationTurn, TurnContent)?> BasisAsync(
        IConversationStore store, ConversationOptions settings, string head, List<ChatMessage> input, CancellationToken cancellationToken)
    {
        var results = input.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId).ToHashSet(StringComparer.Ordinal);
        for (string? at = head; at is not null;)
        {
            var turn = await store.GetTurnAsync(settings.Tenant, at, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidDataException($"The turn '{at}' is missing from the store.");
            var content = TurnContent.Of(turn, settings.Protector);
            var open = content.OpenCalls.ToList();
            if (open.Count == 0 || open.Exists(results.Contains))
            {
                return (turn, content);
            }

            // A loop that was broken off: its calls will never be answered, so it never happened.
            at = turn.ParentId;
        }

        return null;
    }

    private void Check()
    {
        if (_basis is not null && _settings.Budget is { } budget && _basis.TotalCostInUsdTicks / 10_000_000_000m is var cost && cost >= budget)
        {
            throw new ConversationBudgetException(_id.Name, cost, budget);
        }

        if (HasNewInstructions && _settings.ChangedInstructions == ChangedInstructions.Throw)
        {
            throw new InvalidOperationException($"The instructions differ from those that the conversation '{_id.Name}' goes by.");
        }
    }

    /// <summary>What is known beforehand to need the whole history.</summary>
    private async ValueTask PlanAsync(CancellationToken cancellationToken)
    {
        RebuildReason? reason = _basis switch
        {
            null => null,
            { IsStored: false } or { ResponseId: null } => RebuildReason.NotStored,
            // A turn that shall not be stored cannot go on by id.
            _ when _options.AdditionalProperties.GetBool(GrokKeys.Store) == false => RebuildReason.NotStored,
            { ExpiresAt: { } expiry } when expiry <= _settings.TimeProvider.GetUtcNow() => RebuildReason.Expired,
            _ when IsOtherModel() => RebuildReason.ModelChanged,
            _ when HasNewInstructions && _settings.ChangedInstructions == ChangedInstructions.Restart => RebuildReason.InstructionsChanged,
            _ => null,
        };
        if (reason is { } known)
        {
            await RebuildAsync(known, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsOtherModel() =>
        _requestedModel is { } asked && asked != _basisContent!.Model && _basis!.Model is { } answered && ModelProfile.Family(asked) != ModelProfile.Family(answered);

    private async ValueTask RebuildAsync(RebuildReason reason, CancellationToken cancellationToken)
    {
        if (_history is null)
        {
            var path = await _store.GetPathAsync(_id.Tenant, _basis!.Id, cancellationToken).ConfigureAwait(false);
            var contents = path.Select(t => TurnContent.Of(t, _settings.Protector)).ToList();
            _history = [.. contents.SelectMany(static c => c.Input.Concat(c.Output))];
            _historyInstructions = contents.LastOrDefault(static c => c.Instructions is not null)?.Instructions;
        }

        if (reason == RebuildReason.ReasoningRejected)
        {
            _history = [.. _history.Select(WithoutReasoning)];
        }

        _rebuild = reason;
        ConversationTelemetry.Rebuilt(_logger, _id.Name, reason);
    }

    /// <summary>The caller's messages; changed instructions go before them, and stay part of the conversation.</summary>
    private List<ChatMessage> NewMessages() =>
        HasNewInstructions && _settings.ChangedInstructions == ChangedInstructions.SendAsSystemMessage
            ? [new ChatMessage(ChatRole.System, _instructions), .. _input]
            : _input;

    private ConversationTurn ToTurn(ChatResponse response)
    {
        var now = _settings.TimeProvider.GetUtcNow();
        var cost = response.Usage?.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.CostInUsdTicks, out var ticks) ? ticks : 0;
        var isStored = response.ConversationId is not null;
        var isRestart = _basis is null || (HasNewInstructions && _settings.ChangedInstructions == ChangedInstructions.Restart);
        return new ConversationTurn
        {
            Id = Guid.NewGuid().ToString("N"),
            ParentId = _basis?.Id,
            Depth = _basis is null ? 0 : _basis.Depth + 1,
            ResponseId = response.ResponseId,
            StoredResponseIds = isStored && response.ResponseId is { } id ? [id] : [],
            IsStored = isStored,
            IsRebuilt = _rebuild is not null,
            Model = response.ModelId,
            CreatedAt = now,
            ExpiresAt = isStored ? now + _settings.ServerRetention : null,
            InstructionsHash = _instructions is not null ? Hash(_instructions) : _basis?.InstructionsHash,
            InputTokens = response.Usage?.InputTokenCount ?? 0,
            OutputTokens = response.Usage?.OutputTokenCount ?? 0,
            CostInUsdTicks = cost,
            TotalCostInUsdTicks = cost + (_basis?.TotalCostInUsdTicks ?? 0),
            Content = new TurnContent(_requestedModel, isRestart ? _instructions : null, NewMessages(), [.. response.Messages]).ToBytes(_settings.Protector),
        };
    }

    private static ChatMessage WithoutReasoning(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Where(static c => c is not TextReasoningContent)];
        return copy;
    }

    private static bool HasImages(IEnumerable<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).Any(static c =>
        c is DataContent data && data.HasTopLevelMediaType("image") || c is UriContent uri && uri.HasTopLevelMediaType("image"));

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>One stable value per conversation that tells nobody the application's own id.</summary>
    private static string CacheKey(ConversationId id) => Hash($"{id.Tenant.Length}:{id.Tenant}{id.Name}")[..32];
}
