using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// A hash over the messages of a conversation up to a point. It does not depend on how the messages are cut into turns, messages or
/// deltas, survives JSON, and covers everything that a caller's history holds and the model sees: texts, user names, images and files by their bytes,
/// calls, results by their content, refusals. It leaves out the leading system messages and the instructions, which have hashes of their own, and
/// what hosts seldom keep: reasoning, citations, and the items of tools that the service runs.
/// </summary>
/// <remarks>
/// Neighboring texts of one speaker are one run. A run is hashed as a whole together with the hash of everything before it, so that the
/// hash continues from a turn's <see cref="FingerprintState"/>; only a run that continues over the end of a turn needs the text of its beginning.
/// </remarks>
internal sealed class Fingerprint : IDisposable
{
    /// <summary>Marks this version among the hashes of a store.</summary>
    public const string Version = "2:";

    private readonly Sha256Writer _run = new();
    private readonly FingerprintState? _from;
    private readonly Func<string?> _earlierText;
    private byte[] _hash;
    private string? _speaker;
    private bool _isRunOlder;
    private bool _isUntouched;
    private bool _isLeading;

    // The text of a run that began in an earlier turn was needed and not kept: there is no hash then.
    private bool _isUnknown;

    private Fingerprint(FingerprintState? from, Func<string?>? earlierText)
    {
        _from = from;
        _earlierText = earlierText ?? (static () => null);
        _hash = from is null ? [] : Convert.FromHexString(from.Hash);
        (_isUntouched, _isLeading) = (from is not null, from is null);
    }

    /// <summary>Whether the last run began in an earlier turn.</summary>
    public bool IsRunOlder => _isUntouched ? _from!.Speaker is not null : _isRunOlder;

    /// <summary>Starts at the beginning of a conversation.</summary>
    public static Fingerprint Start() => new(null, null);

    /// <summary>The hash of messages that belong together.</summary>
    public static string? Of(IEnumerable<ChatMessage> messages)
    {
        using var fingerprint = Start();
        return fingerprint.Add(messages).State?.Hash;
    }

    /// <summary>Continues after a turn.</summary>
    /// <param name="state">The state after that turn.</param>
    /// <param name="earlierText">Returns the text of its last run; null when it was not kept. Called only when the run continues.</param>
    public static Fingerprint Continue(FingerprintState state, Func<string?> earlierText) => new(state, earlierText);

    /// <summary>The state after the messages that were added; null when it is unknown.</summary>
    public FingerprintState? State => _isUnknown ? null
        : _isUntouched ? _from
        : new(Convert.ToHexString(ToHash()), Convert.ToHexString(_speaker is null ? ToHash() : _hash), _speaker);

    /// <summary>The hash up to here, which is computed once for all that follows. Not for one that continues after a turn.</summary>
    public byte[] ToHash() => _run.IsEmpty ? _hash : _run.ToHash();

    public Fingerprint Add(IEnumerable<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            Add(message);
        }

        return this;
    }

    public void Add(ChatMessage message)
    {
        if (_isLeading && FingerprintAtoms.IsSystem(message.Role))
        {
            return;
        }

        _isLeading = false;
        var speaker = FingerprintAtoms.Speaker(message);
        // By index: histories are long, and enumerators of an IList are objects.
        for (var i = 0; i < message.Contents.Count; i++)
        {
            var content = message.Contents[i];
            if (content is TextContent { Text: var text })
            {
                AddText(speaker, text);
            }
            else if (FingerprintAtoms.KindOf(content) is { } kind)
            {
                CloseRun();
                Begin(kind);
                FingerprintAtoms.Write(_run, content);
                End();
            }
        }
    }

    public void Dispose() => _run.Dispose();

    private void AddText(string speaker, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (_isUntouched && _from!.Speaker == speaker)
        {
            Reopen(speaker);
        }
        else if (_speaker != speaker)
        {
            CloseRun();
            Open(speaker);
        }

        _run.Write(text);
    }

    /// <summary>Continues the run with which the earlier turn ended.</summary>
    private void Reopen(string speaker)
    {
        _hash = Convert.FromHexString(_from!.Before);
        Open(speaker);
        (_isUntouched, _isRunOlder) = (false, true);
        if (_earlierText() is { } text)
        {
            _run.Write(text);
        }
        else
        {
            _isUnknown = true;
        }
    }

    private void Open(string speaker)
    {
        Begin('T');
        _run.Write(speaker);
        _run.Write([(byte)0]);
        _speaker = speaker;
    }

    private void CloseRun()
    {
        _isUntouched = false;
        if (_speaker is not null)
        {
            End();
            (_speaker, _isRunOlder) = (null, false);
        }
    }

    private void Begin(char kind)
    {
        _run.Write(_hash);
        _run.Write([(byte)kind]);
    }

    private void End()
    {
        _hash = _run.ToHash();
        _run.Clear();
    }
}

/// <summary>A fingerprint from which the next turn continues.</summary>
/// <param name="Hash">The hash of everything, in hexadecimal; empty for nothing.</param>
/// <param name="Before">The hash of everything before the last run of text; the same as <paramref name="Hash"/> when the last content is no text.</param>
/// <param name="Speaker">Who speaks in that run; null when the last content is no text.</param>
internal sealed record FingerprintState(string Hash, string Before, string? Speaker)
{
    /// <summary>The fingerprint as it stands in stores that have no key.</summary>
    public string Text => Fingerprint.Version + Hash;
}
