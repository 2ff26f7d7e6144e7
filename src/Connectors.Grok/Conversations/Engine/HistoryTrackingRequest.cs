using Connectors.Grok.Caching;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// One call with a whole history, step by step: restore what the host kept as text (<see cref="TrackedHistory"/>), find the last answer that the
/// service has (<see cref="HistoryMatcher"/>), send what follows it or everything (<see cref="RebuildPlan"/>), stamp the answer.
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
    private readonly List<ChatMessage> _messages;
    private readonly KnownAnswer? _answer;
    private readonly int _covered;
    private readonly RebuildPlan _rebuild;

    public HistoryTrackingRequest(HistoryTrackingOptions settings, AnswerMemory memory, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ClientDefaults defaults, bool isInnersOwn)
    {
        (_settings, _memory, _defaults, _isInnersOwn) = (settings, memory, defaults, isInnersOwn);
        _tenant = CallTenant.NamedIn(options) ?? "";
        _options = isInnersOwn ? options : CallTenant.Without(options);
        _messages = TrackedHistory.Restored(messages);
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
        IReadOnlyList<ChatMessage> messages = _rebuild.DropsReasoning ? [.. _messages.Select(ConversationHistory.WithoutReasoning)] : _messages;
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
        return (_messages[_covered..], options);
    }

    /// <summary>Prepares another attempt after a failure: everything, or everything but the reasoning.</summary>
    /// <returns>False when no further attempt makes sense.</returns>
    public bool TryRebuild(GrokException failure)
    {
        // A whole history that was sent may hold reasoning; one attempt without it is enough to know.
        var input = _messages[(IsContinued ? _covered : 0)..];
        return !_isManaged && _rebuild.After(failure, input, sendsReasoning: true);
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

        using var all = Fingerprint.Start();
        var fingerprint = WithInstructions(all.Add(_messages).Add(response.Messages).State!);
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
        if (_isManaged || _defaults.CacheKeys is not { } keys || IsNamed(properties.GetText(GrokKeys.Request.PromptCacheKey)) || _messages.Find(static m => m.Role == ChatRole.User) is not { } first)
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
        var stamped = TrackingStamp.Read(_messages, _tenant, _settings.HistoryKey, IsRemembered);
        if (stamped.Count == 0 && _memory.IsEmpty)
        {
            return (null, 0);
        }

        var now = _settings.TimeProvider.GetUtcNow();
        var points = new HistoryMatcher(_messages).Points;
        for (var i = points.Count - 1; i >= 0; i--)
        {
            var from = points[i].Index + 1;
            var fingerprint = WithInstructions(points[i].State);
            if (from < _messages.Count && (stamped.GetValueOrDefault(fingerprint) ?? _memory.Find(MemoryKey(fingerprint))) is { } answer)
            {
                var open = TurnContent.CallsIn(_messages.Take(from).SelectMany(static m => m.Contents));
                if (new RebuildPlan(ToContinued(answer, open), _defaults).Before(_messages[from..], _options, now) is null)
                {
                    return (answer, from);
                }
            }
        }

        return (null, 0);
    }

    /// <summary>Whether this process gave an answer its stamp.</summary>
    private bool IsRemembered(string fingerprint, string responseId) =>
        _memory.Find(StampKey(fingerprint, responseId)) is not null || _memory.Find(MemoryKey(fingerprint), responseId) is not null;

    private string StampKey(string fingerprint, string responseId) => MemoryKey($"{fingerprint}\n{responseId}");

    private string MemoryKey(string fingerprint) => $"{_tenant.Length}:{_tenant}{fingerprint}";

    /// <summary>A fingerprint together with the instructions of the call: another agent over the same history, or other instructions, find nothing and send everything.</summary>
    private string WithInstructions(FingerprintState state)
    {
        var leading = _messages.TakeWhile(static m => FingerprintAtoms.IsSystem(m.Role)).Select(static m => m.Text);
        var instructions = string.IsNullOrWhiteSpace(_options?.Instructions) ? leading : leading.Prepend(_options.Instructions);
        return Fingerprint.Version + TextHash.Of($"{state.Hash}\n{string.Join("\n\n", instructions)}");
    }
}
