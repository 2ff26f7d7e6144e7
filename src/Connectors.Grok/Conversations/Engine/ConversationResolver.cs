using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The first step of a call: finds its conversation and the turn from which it continues, in two round trips at most.</summary>
internal sealed class ConversationResolver(ConversationStore store, ConversationOptions settings, IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
{
    private readonly LiveConversations _live = new(store, settings);
    private readonly TurnReader _reader = TurnReader.For(settings);
    private readonly HistoryMatcher _matcher = new(messages);

    /// <summary>The key of the fingerprints, and its text where it is kept with the turns.</summary>
    public static (FingerprintKey Key, string? Text) KeyFor(ConversationOptions settings, TurnHeader? head)
    {
        if (KnownKey(settings) is { } key)
        {
            return (key, null);
        }

        var text = head?.Key ?? Convert.ToBase64String(FingerprintKey.Create().Key!);
        return (new FingerprintKey(Convert.FromBase64String(text)), text);
    }

    /// <summary>The key, where it is known without reading a turn.</summary>
    private static FingerprintKey? KnownKey(ConversationOptions settings) =>
        settings.Protector is null ? FingerprintKey.None : settings.HistoryKey is { } key ? FingerprintKey.Derive(key, settings.Tenant) : null;

    /// <exception cref="KeyNotFoundException">The options name a turn that does not exist.</exception>
    public async ValueTask<ResolvedCall> ResolveAsync(CallName name, ChatOptions? options)
    {
        var (id, isGiven, _) = name;
        var parent = options?.AdditionalProperties.GetText(GrokKeys.Request.ParentTurn);
        var isMatched = parent is null && _matcher.HoldsAnswers;
        var upfront = KnownKey(settings);
        var query = isMatched && upfront is { } known ? _matcher.ToQuery(known, id.Name, isGiven)
            : string.IsNullOrEmpty(parent) || settings.KeepFor is null ? null
            : new ConversationHistoryQuery { TurnIds = [parent] };
        var lookup = await _live.LookUpToAppendAsync(id, query, cancellationToken).ConfigureAwait(false);
        if (lookup is { Info.Head: { } missing, Head: null })
        {
            throw new ConversationStoreException($"The turn '{PrintableText.Escape(missing)}' is missing from the store.");
        }

        var head = lookup?.Head is { } turn ? new ResumePoint(turn, _reader.Header(turn), 0) : null;
        var (key, keyText) = KeyFor(settings, head?.Header ?? await HeaderOfAnyAsync(lookup).ConfigureAwait(false));
        if (parent is not null)
        {
            var explicitly = await ParentAsync(id, parent, head, lookup?.HoldsAnswer == true).ConfigureAwait(false);
            return new(id, head?.Turn, explicitly, PassedMessages.New, key, keyText);
        }

        if (isMatched && lookup is not null && upfront is null)
        {
            lookup = await _live.LookUpToAppendAsync(id, _matcher.ToQuery(key, id.Name, isGiven), cancellationToken).ConfigureAwait(false);
        }

        var (resume, passed) = isMatched && lookup is not null ? await MatchAsync(lookup, head, key, isGiven).ConfigureAwait(false) : (head, PassedMessages.New);
        if (passed == PassedMessages.New && resume is not null && resume == head && await AnsweredBeforeAsync(resume).ConfigureAwait(false) is { } earlier)
        {
            return new(id, head?.Turn, earlier, PassedMessages.New, key, keyText);
        }

        return passed == PassedMessages.New && !isGiven && isMatched
            // A stamp that the store does not confirm names nothing: the call begins a conversation of its own.
            ? new(id with { Name = CallName.Create() }, null, null, PassedMessages.New, key, keyText)
            : new(id, head?.Turn, passed == PassedMessages.OwnView ? null : resume, passed, key, keyText);
    }

    /// <summary>
    /// The turn before the head whose calls the messages answer, although the next turn answered them already: a cache below function
    /// invocation returned the calls of an earlier loop. As with any edit, the new turn is a fork there. Null otherwise: a result that comes
    /// after the conversation continued without it belongs nowhere.
    /// </summary>
    private async ValueTask<ResumePoint?> AnsweredBeforeAsync(ResumePoint head)
    {
        if (!ConversationHistory.HasResults(messages))
        {
            return null;
        }

        var contents = messages.SelectMany(static m => m.Contents);
        var answered = contents.OfType<FunctionResultContent>().Select(static r => r.CallId).ToList();
        if (answered.TrueForAll(contents.OfType<FunctionCallContent>().Select(static c => c.CallId).Concat(head.Header.OpenCalls).Contains))
        {
            return null;
        }

        var path = await store.GetPathAsync(settings.Tenant, head.Turn.Id, cancellationToken).ConfigureAwait(false);
        for (var i = path.Count - 2; i >= 0; i--)
        {
            var turn = new ResumePoint(path[i], _reader.Header(path[i]), 0);
            if (turn.Header.OpenCalls.Count > 0 && turn.Answer.IsAnsweredBy(messages))
            {
                return turn.Answer.IsAnsweredBy(_reader.Content(path[i + 1]).Input) ? turn : null;
            }
        }

        return null;
    }

    /// <summary>The header of a turn that the name still owns after it was rewound to nothing: all turns of a conversation have one key.</summary>
    private async ValueTask<TurnHeader?> HeaderOfAnyAsync(ConversationLookup? lookup)
    {
        if (lookup is null || KnownKey(settings) is not null)
        {
            return null;
        }

        var tree = await store.GetTreeAsync(lookup.Info.Id, cancellationToken).ConfigureAwait(false);
        return tree.Count == 0 ? null : _reader.Header(tree[0]);
    }

    /// <summary>The turn that the options name. The results of a function loop follow the call that they answer, whatever the options of the whole loop name.</summary>
    private async ValueTask<ResumePoint?> ParentAsync(ConversationId id, string parent, ResumePoint? head, bool isInTree)
    {
        var isAnswered = head?.Answer.IsPartlyAnsweredBy(messages) == true;
        if (isAnswered && (AfterRepeatedCalls(head) ?? (messages.All(static m => m.Role != ChatRole.User) ? head : null)) is { } loop)
        {
            return loop;
        }

        if (parent.Length == 0)
        {
            return isAnswered ? head : null;
        }

        var turn = head?.Turn.Id == parent ? head.Turn : await store.GetTurnAsync(id.Tenant, parent, cancellationToken).ConfigureAwait(false);
        // Whose turn of another conversation it is, is unknown. Where conversations expire, one of that age may be an expired one's.
        var named = turn is null || (!isInTree && turn.Id != head?.Turn.Id && _live.IsExpired(turn.CreatedAt)) ? throw new KeyNotFoundException($"There is no turn '{PrintableText.Escape(parent)}'.") : new ResumePoint(turn, _reader.Header(turn), 0);
        // Some services use an id of a call again: results that the named turn waits for are for it.
        return isAnswered && !named.Answer.IsPartlyAnsweredBy(messages) ? head : named;
    }

    private async ValueTask<(ResumePoint? Resume, PassedMessages Passed)> MatchAsync(ConversationLookup lookup, ResumePoint? head, FingerprintKey key, bool isGiven)
    {
        var (turn, holdsAnswer) = (lookup.Match, lookup.HoldsAnswer);
        if (!isGiven && !holdsAnswer)
        {
            return (head, PassedMessages.New);
        }

        var index = turn is null ? null : _matcher.Points.FindLast(p => key.Apply(p.Text) == turn.Fingerprint)?.Index;
        holdsAnswer |= HistoryMatcher.Stamps(messages).Any(s => s.Conversation == lookup.Info.Id.Name);
        if (turn is null && head is not null && (head.IsOlder(key) || (head.Header.HidesAnswers && !holdsAnswer)))
        {
            (turn, index, var isOnPath) = await MatchContentsAsync(head.Turn.Id).ConfigureAwait(false);
            holdsAnswer |= isOnPath;
        }

        var passed = _matcher.Decide(index, holdsAnswer);
        if (passed == PassedMessages.WholeHistory)
        {
            if (head is { Header.IsCompaction: true } && head.Turn.ParentId == turn!.Id)
            {
                // The summary stands for the history up to that turn.
                return (head with { Covered = index!.Value + 1 }, passed);
            }

            return (new ResumePoint(turn!, _reader.Header(turn!), index!.Value + 1), passed);
        }

        return AfterRepeatedCalls(head) is { } loop ? (loop, PassedMessages.New) : (head, passed);
    }

    /// <summary>The head, when the messages repeat its calls before their results, as some function loops do.</summary>
    private ResumePoint? AfterRepeatedCalls(ResumePoint? head)
    {
        if (head is not { Header.OpenCalls: { Count: > 0 } open })
        {
            return null;
        }

        // Some pass the messages of that turn before them.
        var turn = _reader.Content(head.Turn);
        var input = turn.Input.Count > 0 && Fingerprint.Of(messages.Take(turn.Input.Count)) == Fingerprint.Of(turn.Input) ? turn.Input.Count : 0;
        var answers = input + messages.Skip(input).TakeWhile(static m => m.Role == ChatRole.Assistant).Count();
        var calls = messages.Take(answers).SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId).ToList();
        return open.All(calls.Contains) && head.Answer.IsAnsweredBy(messages.Skip(answers)) ? head with { Covered = answers } : null;
    }

    /// <summary>Matches the history with the contents of the path instead: the deepest turn that it holds, and whether it holds an answer at all.</summary>
    private async ValueTask<(ConversationTurn? Turn, int? Index, bool HoldsAnswer)> MatchContentsAsync(string head)
    {
        var (legacy, answers) = (LegacyFingerprint.Points(messages), _matcher.Answers.ToHashSet(StringComparer.Ordinal));
        var (turn, index, holdsAnswer, user) = ((ConversationTurn?)null, (int?)null, false, (string?)null);
        foreach (var candidate in await store.GetPathAsync(settings.Tenant, head, cancellationToken).ConfigureAwait(false))
        {
            var content = _reader.Content(candidate);
            var answer = new AnswerFingerprint(user);
            foreach (var message in content.Input.Concat(content.Output))
            {
                answer.Add(message);
                holdsAnswer |= answer.Possible().Any(answers.Contains);
            }

            user = answer.User;
            var found = content.Header switch
            {
                _ when candidate.Kind == ConversationTurnKind.Unanswered => null,
                { State: { } state } => _matcher.Points.FindLast(state)?.Index,
                { LegacyFingerprint: { } old } when legacy.TryGetValue(old, out var at) => at,
                _ => null,
            };
            (turn, index) = found is null ? (turn, index) : (candidate, found);
        }

        return (turn, index, holdsAnswer);
    }
}
