using System.Globalization;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>One call with a whole history: what of it the service has already, what is sent, what is stamped on the answer.</summary>
internal sealed class StampedCall
{
    private readonly HistoryTrackingOptions _settings;
    private readonly AnswerCache _cache;
    private readonly ChatOptions? _options;

    /// <summary>Whether the state is the inner client's business.</summary>
    private readonly bool _isInnersOwn;

    /// <summary>Whether it is the inner client's or the caller's.</summary>
    private readonly bool _isManaged;
    private ClientDefaults _facts;
    private List<ChatMessage> _messages;
    private KnownAnswer? _previous;
    private int _covered;
    private bool _isWithoutReasoning;

    public StampedCall(HistoryTrackingOptions settings, AnswerCache cache, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ClientDefaults facts, bool isInnersOwn)
    {
        (_settings, _cache, _options, _facts) = (settings, cache, options, facts);
        _messages = StampedHistory.Restored(messages);
        _isInnersOwn = isInnersOwn;
        _isManaged = isInnersOwn || IsNamed(options?.ConversationId)
            || IsNamed(options?.AdditionalProperties.GetText(GrokKeys.Request.PreviousResponseId)) || IsNamed(options?.AdditionalProperties.GetText(GrokKeys.Request.ConversationId));
        if (!_isManaged && settings.SendOnlyNew && !facts.StoresNothing(options))
        {
            (_previous, _covered) = Find();
        }
    }

    /// <summary>Whether the service turned out to keep nothing for this team.</summary>
    public bool IsZeroRetention => _facts.IsZeroRetention;

    private string? RequestedModel => _options?.ModelId ?? _facts.Model;

    private static bool IsNamed(string? id) => !string.IsNullOrWhiteSpace(id);

    /// <summary>What the next attempt sends.</summary>
    public (IReadOnlyList<ChatMessage> Messages, ChatOptions? Options) ToSend()
    {
        if (_previous is null && !IsZeroRetention)
        {
            return (_messages, _options);
        }

        var options = _options?.Clone() ?? new ChatOptions();
        if (IsZeroRetention)
        {
            options = options.WithStore(false);
        }

        if (_previous is not null && !_facts.RepeatsInstructions)
        {
            // They are part of the fingerprint: those of the answer that is continued are in force.
            options.Instructions = null;
        }

        options.ConversationId = _previous?.ResponseId ?? options.ConversationId;
        return (_messages[_covered..], options);
    }

    /// <summary>Whether everything is to be sent after a failure, or everything but the reasoning. Each once.</summary>
    public bool TryRebuild(GrokException failure)
    {
        if (_isManaged)
        {
            return false;
        }

        switch (failure.Kind)
        {
            case GrokErrorKind.InvalidRequest or GrokErrorKind.UnknownResponse when !IsZeroRetention && ZeroRetention.IsMeantBy(failure):
                _facts = _facts with { IsZeroRetention = true };
                break;
            case GrokErrorKind.UnknownResponse when _previous is not null:
                break;
            case GrokErrorKind.EncryptedContentRejected when !_isWithoutReasoning:
                _isWithoutReasoning = true;
                _messages = [.. _messages.Select(ConversationHistory.WithoutReasoning)];
                break;
            default:
                return false;
        }

        (_previous, _covered) = (null, 0);
        return true;
    }

    /// <summary>What stands on the answer, and remembers it.</summary>
    public AdditionalPropertiesDictionary Stamps(ChatResponse response)
    {
        var stamps = new AdditionalPropertiesDictionary();
        if (response.FinishReason is { } reason)
        {
            stamps[GrokKeys.Answer.FinishReason] = reason.Value;
        }

        if (_settings.KeepReasoning && StampedHistory.ReasoningOf(response.Messages) is { } reasoning)
        {
            stamps[GrokKeys.Answer.KeptReasoning] = reasoning;
        }

        if (response is not { ConversationId: not null, ResponseId: { } id } || ConversationHistory.EndsWithResults(response.Messages.LastOrDefault()?.Contents))
        {
            return stamps;
        }

        stamps[GrokKeys.History.ResponseId] = id;
        if (!_isInnersOwn)
        {
            // Also where the caller named what to go on from: the results of a function loop come without that name.
            using var all = Start();
            var fingerprint = all.Add(_messages).Add(response.Messages).ToString();
            var expires = _settings.TimeProvider.GetUtcNow().Later(_settings.ServerRetention);
            stamps[GrokKeys.History.Fingerprint] = fingerprint;
            stamps[GrokKeys.History.ExpiresAt] = expires.ToString("O", CultureInfo.InvariantCulture);
            if (response.ModelId is { } model)
            {
                stamps[GrokKeys.History.Model] = model;
            }

            if (!_isManaged)
            {
                // Not under what a caller said after words that are not here.
                _cache.Add(fingerprint, new KnownAnswer(id, response.ModelId, expires));
            }
        }

        return stamps;
    }

    /// <summary>The last answer that the history still holds unchanged, with all before it, and how many messages that makes.</summary>
    private (KnownAnswer? Answer, int Covered) Find()
    {
        var stamped = StampedHistory.Answers(_messages);
        using var start = Start();
        foreach (var (fingerprint, index) in FingerprintPoints.Of(_messages, start).OrderByDescending(static p => p.Value))
        {
            var answer = stamped.GetValueOrDefault(fingerprint) ?? _cache.Find(fingerprint);
            if (answer is not null && index + 1 < _messages.Count && CanFollow(answer, index + 1))
            {
                return (answer, index + 1);
            }
        }

        return (null, 0);
    }

    private bool CanFollow(KnownAnswer answer, int from)
    {
        var open = _messages.Take(from).SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly).Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
        open.ExceptWith(_messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId));
        return open.Count == 0 && answer.ExpiresAt > _settings.TimeProvider.GetUtcNow()
            && (answer.Model is null || RequestedModel is not { } asked || ModelProfile.Family(answer.Model) == ModelProfile.Family(asked));
    }

    /// <summary>The options' instructions are part of what the server stores, as if they were the first message.</summary>
    private Fingerprint Start()
    {
        var start = Fingerprint.After(null);
        if (!string.IsNullOrWhiteSpace(_options?.Instructions))
        {
            start.Add(new ChatMessage(ChatRole.System, _options.Instructions));
        }

        return start;
    }
}
