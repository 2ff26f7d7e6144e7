using System.Security.Cryptography;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// Turns that an imported document holds, as this store keeps them: with fingerprints of their own, since those of the document may be
/// keyed by another store, older or wrong. Parents come before their children.
/// </summary>
/// <param name="reader">Encrypts the contents.</param>
/// <param name="key">The key of the fingerprints.</param>
/// <param name="keyText">The key where it is kept with the turns; null for none.</param>
/// <param name="trustsSource">Whether the document's responses are continued by id. When not, its turns count as not stored.</param>
internal sealed class ImportedTurns(TurnReader reader, FingerprintKey key, string? keyText, bool trustsSource)
{
    private readonly Dictionary<string, TurnContent> _contents = new(StringComparer.Ordinal);

    public bool TrustsSource => trustsSource;

    /// <summary>The turn as it is stored.</summary>
    /// <param name="turn">The turn, under its new id.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isEdited">Whether the document may have been edited, so that the fingerprints in it mean nothing.</param>
    public ConversationTurn Complete(ConversationTurn turn, TurnContent content, bool isEdited)
    {
        var parent = turn.ParentId is null ? null : _contents[turn.ParentId];
        // A document may hold texts of a turn of which it says that they were not kept.
        content = content.Reduced(content.Kept);
        content = content with { Header = turn.Kind == ConversationTurnKind.Compaction ? HeaderOfSummary(content, parent, turn) : Header(content, parent, turn, isEdited) };
        _contents[turn.Id] = content;
        var answer = new AnswerFingerprint(parent?.Header.User);
        foreach (var message in content.Input.Concat(content.Output))
        {
            answer.Add(message);
        }

        return reader.WithContent(
            turn with
            {
                Fingerprint = content.Header.State is { } state ? key.Apply(state.Text) : null,
                AnswerFingerprint = turn.Kind == ConversationTurnKind.Answer && content.Kept == ConversationRetention.Everything && answer.ToString() is { } hash ? key.Apply(hash) : null,
                InstructionsHash = key.ApplyOptional(turn.InstructionsHash),
                SystemMessagesHash = key.ApplyOptional(turn.SystemMessagesHash),
            },
            content.ToBytes());
    }

    /// <summary>A summary stands for the turns up to its parent, so that it has the parent's fingerprint.</summary>
    private TurnHeader HeaderOfSummary(TurnContent content, TurnContent? parent, ConversationTurn turn) =>
        parent is null ? throw new InvalidDataException("A turn of the kind Compaction follows no other turn.")
        : content.Header with
        {
            IsCompaction = true,
            State = parent.Header.State,
            User = parent.Header.User,
            Run = parent.Header.State is { Speaker: { } speaker } ? TrailingRun.Read(parent, speaker) : null,
            Key = keyText,
            InstructionsHash = turn.InstructionsHash,
            SystemMessagesHash = turn.SystemMessagesHash,
            LegacyFingerprint = null,
        };

    private TurnHeader Header(TurnContent content, TurnContent? parent, ConversationTurn turn, bool isEdited)
    {
        var isFirst = turn.ParentId is null;
        if (content.Header.State is { } state && !(IsHash(state.Hash) && IsHash(state.Before)))
        {
            throw new InvalidDataException("The \"hash\" and \"hash_before_run\" of a turn must be SHA-256 hashes, in hexadecimal digits.");
        }

        var header = content.Header with { Key = keyText, InstructionsHash = turn.InstructionsHash, SystemMessagesHash = turn.SystemMessagesHash };
        // Without the messages a fingerprint leads to nothing but the caller's own messages. With them, a wrong one would lead to others.
        if (!isEdited && header.State is not null && (trustsSource || content.Kept != ConversationRetention.Everything))
        {
            return header;
        }

        header = header with { State = null, Run = null, LegacyFingerprint = isEdited ? null : header.LegacyFingerprint };
        if (content.Kept != ConversationRetention.Everything || (!isFirst && parent?.Header.State is null))
        {
            return header;
        }

        using var fingerprint = isFirst ? Fingerprint.Start() : Fingerprint.Continue(parent!.Header.State!, () => TrailingRun.Read(parent, parent.Header.State!.Speaker));
        var answer = new AnswerFingerprint(parent?.Header.User);
        foreach (var message in content.Input.SkipWhile(static m => FingerprintAtoms.IsSystem(m.Role)).Concat(content.Output))
        {
            fingerprint.Add(message);
            answer.Add(message);
        }

        return header with
        {
            State = fingerprint.State,
            Run = fingerprint is { IsRunOlder: true, State.Speaker: { } speaker } && parent is not null ? TrailingRun.Read(parent, speaker) : null,
            User = answer.User,
        };
    }

    private static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit);
}
