using Connectors.Grok.Caching;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// One call with a whole history, step by step: find the last answer that the service has (<see cref="HistoryMatcher"/>), decide whether what follows it is
/// sent or everything (<see cref="RebuildPlan"/>), restore of that what the host kept as text (<see cref="TrackedHistory"/>), stamp the answer.
/// </summary>
internal sealed class HistoryTrackingRequest
{
    private readonly HistoryTrackingOptions _settings;
    private readonly AnswerMemory _memory;
    private readonly ChatOptions? _options;
    private readonly string _tenant;

    /// <summary>Whether the client below keeps the state.</summary>
    private readonly bool _isInnersOwn;

    /// <summary>Whether the client below or the caller keeps it.</summary>
    private readonly bool _isManaged;
    private readonly ClientDefaults _defaults;
    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly KnownAnswer? _answer;
    private readonly int _covered;
    private readonly RebuildPlan _rebuild;

    /// <summary>The fingerprint of the messages; null before they were hashed.</summary>
    private FingerprintState? _state;
    private string? _instructions;

    public HistoryTrackingRequest(HistoryTrackingOptions settings, AnswerMemory memory, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ClientDefaults defaults, bool isInnersOwn)
    {
        (_settings, _memory, _defaults, _isInnersOwn) = (settings, memory, defaults, isInnersOwn);
        _tenant = CallTenant.NamedIn(options) ?? "";
        _options = isInnersOwn ? options : CallTenant.Without(options);
        _messages = messages;
        _isManaged = isInnersOwn || IsNamed(options?.ConversationId)
            || IsNamed(options?.AdditionalProperties.GetText(GrokKeys.Request.PreviousResponseId)) || IsNamed(options?.AdditionalProperties.GetText(GrokKeys.Request.ConversationId));
        if (!_isManaged && settings.SendOnlyNew && !defaults.StoresNothing(options))
        {
            (_answer, _covered) = Find();
        }

        _options = WithCacheKey();

        _rebuild = new RebuildPlan(_answer is null ? null : ToContinued(_answer, []), defaults);
    }

    /// <summary>Whether the service turned out to keep nothing for this team.</summary>
    public bool IsZeroRetention => _rebuild.IsZeroRetention;

    private bool IsContinued => _answer is not null && _rebuild.Reason is null;

    /// <summary>What the next attempt sends.</summary>
    public (IReadOnlyList<ChatMessage> Messages, ChatOptions? Options) ToSend()
    {
        // What the service has is not sent, and needs no restoring.
        var messages = TrackedHistory.Restored(_messages, IsContinued ? _covered : 0);
        messages = _rebuild.DropsReasoning ? [.. messages.Select(ConversationHistory.WithoutReasoning)] : messages;
        if (!IsContinued && !IsZeroRetention)
        {
            return (messages, _options);
        }

        var options = _options?.Clone() ?? new ChatOptions();
        if (IsZeroRetention)
        {
            options = options.WithStore(false);
        }

        if (!IsContinued)
        {
            return (messages, options);
        }

        if (!_defaults.RepeatsInstructions)
        {
            // They are part of the fingerprint: those of the answer that is continued are in force.
            options.Instructions = null;
        }

        options.ConversationId = _answer!.ResponseId;
        return (messages, options);
    }

    /// <summary>Prepares another attempt after a failure: everything, or everything but the reasoning.</summary>
    /// <returns>False when no further attempt makes sense.</returns>
    public bool TryRebuild(GrokException failure)
    {
        // A whole history that was sent may hold reasoning; one attempt without it is enough to know.
        return !_isManaged && _rebuild.After(failure, _messages.Skip(IsContinued ? _covered : 0), sendsReasoning: true);
    }

    /// <summary>The stamps of the answer, which is remembered as well.</summary>
    public AdditionalPropertiesDictionary Stamps(ChatResponse response)
    {
        var stamps = new AdditionalPropertiesDictionary();
        if (response.FinishReason is { } reason)
        {
            stamps[GrokKeys.Answer.FinishReason] = reason.Value;
        }

        if (_settings.KeepReasoning && TrackedHistory.ReasoningOf(response.Messages) is { } reasoning)
        {
            stamps[GrokKeys.Answer.KeptReasoning] = reasoning;
        }

        if (response is not { ConversationId: not null, ResponseId: { } id } || ConversationHistory.EndsWithResults(response.Messages.LastOrDefault()?.Contents))
        {
            return stamps;
        }

        if (_isInnersOwn)
        {
            stamps[GrokKeys.History.ResponseId] = id;
            return stamps;
        }

        using var all = _state is { } state ? Fingerprint.Continue(state, () => TrailingRun.Read(_messages, state.Speaker)) : Fingerprint.Start().Add(_messages);
        var fingerprint = WithInstructions(all.Add(response.Messages).State!.Hash);
        var answer = new KnownAnswer(id, response.ModelId, _settings.TimeProvider.GetUtcNow().Later(_settings.ServerRetention ?? _defaults.Retention ?? TimeSpan.MaxValue));
        TrackingStamp.Write(stamps, fingerprint, answer, _tenant, _settings.HistoryKey);
        // Where the caller named what to continue, the messages are not all that the answer follows: only the stamp finds it again then.
        _memory.Add(_isManaged ? StampKey(fingerprint, id) : MemoryKey(fingerprint), answer);
        return stamps;
    }

    /// <summary>The options with the key of the history, which the client below cannot know while it gets new messages only.</summary>
    private ChatOptions? WithCacheKey()
    {
        var properties = _options?.AdditionalProperties;
        if (_isManaged || _defaults.CacheKeys is not { } keys || IsNamed(properties.GetText(GrokKeys.Request.PromptCacheKey)) || _messages.FirstOrDefault(static m => m.Role == ChatRole.User) is not { } first)
        {
            return _options;
        }

        var key = keys.ForBeginning(_tenant, properties.GetText(GrokKeys.Request.User), properties.GetText(GrokKeys.Request.SafetyIdentifier), [Fingerprint.Of([first])]);
        return (_options ?? new ChatOptions()).WithPromptCacheKey(PromptCacheKeys.Format(key));
    }

    private static bool IsNamed(string? id) => !string.IsNullOrWhiteSpace(id);

    private static ContinuedAnswer ToContinued(KnownAnswer answer, IReadOnlyList<string> openCalls) => new(answer.ResponseId, answer.ExpiresAt, answer.Model, null, openCalls);

    /// <summary>The last answer that the history holds unchanged with everything before it, and that can be continued; and how many messages that is.</summary>
    private (KnownAnswer? Answer, int Covered) Find()
    {
        if (_memory.IsEmpty && _messages.All(static m => TrackingStamp.FingerprintOf(m) is null))
        {
            return (null, 0);
        }

        var now = _settings.TimeProvider.GetUtcNow();
        var points = new HistoryMatcher(_messages).Points;
        _state = points.End;
        var stamped = new Lazy<ILookup<string?, ChatMessage>>(() => _messages.ToLookup(TrackingStamp.FingerprintOf, StringComparer.Ordinal));
        for (var i = points.All.Count - 1; i >= 0; i--)
        {
            var (point, from) = (points.All[i], points.All[i].Index + 1);
            var fingerprint = WithInstructions(point.HashText);
            // The stamp is on the last message of the answer, or on what a host kept of the others.
            if (from < _messages.Count && (Believed(_messages[point.Index], fingerprint) ?? Believed(stamped.Value[fingerprint], fingerprint) ?? _memory.Find(MemoryKey(fingerprint))) is { } answer
                && IsContinuable(answer, from, now))
            {
                return (answer, from);
            }
        }

        return (null, 0);
    }

    /// <summary>The answer that the stamp of a message names, if it has this fingerprint and is believed; null otherwise.</summary>
    private KnownAnswer? Believed(ChatMessage message, string fingerprint) =>
        TrackingStamp.FingerprintOf(message) == fingerprint ? TrackingStamp.Read(TrackedHistory.StampsOf(message), _tenant, _settings.HistoryKey, IsRemembered) : null;

    private KnownAnswer? Believed(IEnumerable<ChatMessage> messages, string fingerprint) =>
        messages.Select(m => Believed(m, fingerprint)).LastOrDefault(static a => a is not null);

    /// <summary>Whether the messages from a place on can follow an answer. Calls without results are looked for last: that reads the history.</summary>
    private bool IsContinuable(KnownAnswer answer, int from, DateTimeOffset now)
    {
        var input = _messages.Skip(from);
        return new RebuildPlan(ToContinued(answer, []), _defaults).Before(input, _options, now) is null
            && new RebuildPlan(ToContinued(answer, TurnContent.CallsIn(_messages.Take(from).Select(static m => m.Contents))), _defaults).Before(input, _options, now) is null;
    }

    /// <summary>Whether this process gave an answer its stamp.</summary>
    private bool IsRemembered(string fingerprint, string responseId) =>
        _memory.Find(StampKey(fingerprint, responseId)) is not null || _memory.Find(MemoryKey(fingerprint), responseId) is not null;

    private string StampKey(string fingerprint, string responseId) => MemoryKey($"{fingerprint}\n{responseId}");

    private string MemoryKey(string fingerprint) => $"{_tenant.Length}:{_tenant}{fingerprint}";

    /// <summary>A hash together with the instructions of the call: another agent over the same history, or other instructions, find nothing and send everything.</summary>
    private string WithInstructions(string hash)
    {
        var leading = _messages.TakeWhile(static m => FingerprintAtoms.IsSystem(m.Role)).Select(static m => m.Text);
        _instructions ??= string.Join("\n\n", string.IsNullOrWhiteSpace(_options?.Instructions) ? leading : leading.Prepend(_options.Instructions));
        return Fingerprint.Version + TextHash.Of($"{hash}\n{_instructions}");
    }
}
