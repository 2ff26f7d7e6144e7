using System.Runtime.CompilerServices;

namespace Connectors.Grok.Conversations;

/// <summary>Checks arguments of stores before the medium is touched, so that all stores reject the same. Compiled into each of them.</summary>
internal static class StoreGuards
{
    public static void Check(ConversationId id, [CallerArgumentExpression(nameof(id))] string? parameter = null)
    {
        Check(id.Tenant, parameter);
        Check(id.Name, parameter);
    }

    public static void Check(ConversationTurn turn, [CallerArgumentExpression(nameof(turn))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(turn, parameter);
        Check(turn.Id, parameter);
        CheckOptional(turn.ParentId, parameter);
        CheckOptional(turn.ResponseId, parameter);
        CheckOptional(turn.Model, parameter);
        CheckOptional(turn.InstructionsHash, parameter);
        CheckOptional(turn.SystemMessagesHash, parameter);
        CheckOptional(turn.Fingerprint, parameter);
        CheckOptional(turn.AnswerFingerprint, parameter);
        ArgumentNullException.ThrowIfNull(turn.StoredResponseIds, parameter);
        foreach (var response in turn.StoredResponseIds)
        {
            Check(response, parameter);
        }

        if (turn.ParentId == turn.Id)
        {
            throw new ArgumentException("A turn cannot be its own parent.", parameter);
        }
    }

    /// <summary>Checks the turns of an import: each parent is among the turns before, and so is the head.</summary>
    public static void Check(IReadOnlyList<ConversationTurn> turns, string? head)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            Check(turn, nameof(turns));
            if (turn.ParentId is { } parent && !ids.Contains(parent))
            {
                throw new ArgumentException($"The parent of turns[{i}] is not among the turns before it.", nameof(turns));
            }

            if (!ids.Add(turn.Id))
            {
                throw new ArgumentException($"turns[{i}] has the id of a turn before it.", nameof(turns));
            }
        }

        if (head is not null && !ids.Contains(head))
        {
            throw new ArgumentException("The head is not among the turns.", nameof(head));
        }
    }

    public static void Check(ConversationQuery query, [CallerArgumentExpression(nameof(query))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(query, parameter);
        Check(query.Tenant, parameter);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1, parameter);
        if (query.After is { } after)
        {
            Check(after.Name, parameter);
        }
    }

    /// <summary>Checks the lists of a query, which may hold as many entries as the caller's history has answers.</summary>
    public static void Check(ConversationHistoryQuery? history, [CallerArgumentExpression(nameof(history))] string? parameter = null)
    {
        if (history is null)
        {
            return;
        }

        foreach (var list in (IReadOnlyList<string>[])[history.Fingerprints, history.AnswerFingerprints, history.TurnIds])
        {
            ArgumentNullException.ThrowIfNull(list, parameter);
            foreach (var text in list)
            {
                Check(text, parameter);
            }
        }
    }

    public static void CheckOptional(string? text, [CallerArgumentExpression(nameof(text))] string? parameter = null)
    {
        if (text is not null)
        {
            Check(text, parameter);
        }
    }

    public static void Check(string text, [CallerArgumentExpression(nameof(text))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);

        // PostgreSQL cannot store NUL, SQLite's tools stop reading at it, and half a surrogate pair becomes U+FFFD in UTF-8,
        // so that two different names would be one.
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("Ids must not contain the character NUL (U+0000): databases cannot store it.", parameter);
        }

        for (var i = NextSurrogate(text, 0); i >= 0; i = NextSurrogate(text, i + 2))
        {
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                throw new ArgumentException($"Ids must be valid Unicode: half a surrogate pair stands at index {i}.", parameter);
            }
        }
    }

    private static int NextSurrogate(string text, int from) =>
        text.AsSpan(from).IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0 ? from + at : -1;
}
