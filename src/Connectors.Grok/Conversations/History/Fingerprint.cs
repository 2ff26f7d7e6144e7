using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// A hash over what was said, message by message, that stays the same when a history goes through JSON, when a host splits or joins
/// messages of one role, and when it loses reasoning, citations and ids. An edited text, image, call id or tool result changes it.
/// </summary>
internal sealed class Fingerprint : IDisposable
{
    // What is gathered before it is hashed: more than nearly every message has, and hashed again at most once for each message that follows.
    private const int Longest = 64 * 1024;

    private readonly PooledBuffer<byte> _bytes = new(16 * 1024);
    private IncrementalHash? _long;
    private char _speaker;
    private byte[] _hash;

    private Fingerprint(byte[] hash) => _hash = hash;

    /// <summary>Goes on from a turn's fingerprint; from nothing for null.</summary>
    public static Fingerprint After(string? fingerprint) => new(fingerprint is null ? [] : Convert.FromHexString(fingerprint));

    /// <summary>The hash of all that was added so far.</summary>
    public override string ToString() => Convert.ToHexString(_speaker == default ? _hash : Current());

    public void Dispose()
    {
        _bytes.Dispose();
        _long?.Dispose();
    }

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

        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        if (_bytes.Count > Longest)
        {
            (_long ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(_bytes.Span);
            _bytes.Clear();
        }
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
        _hash = Current();
        _bytes.Clear();
        _long?.Dispose();
        _long = null;
    }

    private byte[] Current()
    {
        if (_long is null)
        {
            return SHA256.HashData(_bytes.Span);
        }

        _long.AppendData(_bytes.Span);
        _bytes.Clear();
        return _long.GetCurrentHash();
    }
}
