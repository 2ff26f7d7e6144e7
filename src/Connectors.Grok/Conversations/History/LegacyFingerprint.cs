using System.Text;
using Connectors.Grok.Mapping.Contents;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// The hash of storage version 1, by which their turns are found in a history that a caller passes. New turns have a <see cref="Fingerprint"/>:
/// this one depends on where turns end and does not cover refusals, user names and the contents of tool results that are lists.
/// </summary>
internal sealed class LegacyFingerprint : IDisposable
{
    private readonly Sha256Writer _bytes = new();
    private char _speaker;
    private byte[] _hash;

    private LegacyFingerprint(byte[] hash) => _hash = hash;

    public static LegacyFingerprint Start() => new([]);

    /// <summary>The fingerprints of a history up to and including each of its answers, with the index of that answer.</summary>
    public static Dictionary<string, int> Points(IReadOnlyList<ChatMessage> messages)
    {
        using var fingerprint = Start();
        var points = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < messages.Count; index++)
        {
            fingerprint.Add(messages[index]);
            if (messages[index].Role == ChatRole.Assistant)
            {
                points[fingerprint.ToString()] = index;
            }
        }

        return points;
    }

    /// <summary>The hash of everything that was added.</summary>
    public override string ToString() => Convert.ToHexString(_speaker == default ? _hash : _bytes.ToHash());

    public void Dispose() => _bytes.Dispose();

    public void Add(ChatMessage message)
    {
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    AddText(Speaker(message.Role), text.Text);
                    break;
                case FunctionCallContent call:
                    AddAtom('c', Encoding.UTF8.GetBytes(call.CallId));
                    break;
                case FunctionResultContent result:
                    AddAtom('r', Encoding.UTF8.GetBytes($"{result.CallId}\n{Text(result)}"));
                    break;
                case DataContent data:
                    AddAtom('d', data.Data.Span);
                    break;
                case UriContent uri:
                    AddAtom('l', Encoding.UTF8.GetBytes(uri.Uri.OriginalString));
                    break;
                case HostedFileContent file:
                    AddAtom('f', Encoding.UTF8.GetBytes(file.FileId));
                    break;
            }
        }
    }

    private static char Speaker(ChatRole role) =>
        role == ChatRole.User ? 'u' : role == ChatRole.Assistant ? 'a' : role == ChatRole.Tool ? 't' : 's';

    private static string Text(FunctionResultContent result) => FunctionMapper.ToItem(result).Output switch
    {
        { Text: { } text } => text,
        { Parts: { } parts } => string.Join('\n', parts.Select(static p => p.ToString())),
        _ => "",
    };

    private void AddText(char speaker, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_speaker != speaker)
        {
            Flush();
            Begin(_speaker = speaker);
        }

        _bytes.Write(text);
    }

    private void AddAtom(char kind, ReadOnlySpan<byte> bytes)
    {
        Flush();
        Begin(kind);
        _bytes.Write(bytes);
        End();
    }

    private void Begin(char kind)
    {
        _bytes.Write(_hash);
        _bytes.Write([(byte)kind]);
    }

    /// <summary>Ends the text that one speaker said in several pieces.</summary>
    private void Flush()
    {
        if (_speaker != default)
        {
            End();
            _speaker = default;
        }
    }

    private void End()
    {
        _hash = _bytes.ToHash();
        _bytes.Clear();
    }
}
