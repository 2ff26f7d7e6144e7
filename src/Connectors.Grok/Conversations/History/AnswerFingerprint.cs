using System.Buffers;
using System.Runtime.InteropServices;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>
/// A hash of an answer by which it is recognized without the messages before it: of the id of a function call, or of its text with the
/// user message before it. A text alone is no evidence, because an example in a prompt may hold the same "Yes.".
/// </summary>
/// <param name="user">A hash of the last user message so far; null for none.</param>
internal sealed class AnswerFingerprint(string? user)
{
    private const string Version = "2a:";
    private const int FirstSize = 4 * 1024;

    // The texts of the last message and of its neighbors; none is empty.
    private readonly List<string> _texts = [];
    private string? _user = user;

    // A hash of the neighboring user messages together; null when there is only one.
    private string? _users;
    private readonly List<string> _calls = [];
    private bool _isAnswer;

    // Where the last message with a text begins among them.
    private int _last;

    /// <summary>The hashes under which the answers of a history, and those that end with results of functions, may be stored.</summary>
    public static List<string> In(IEnumerable<ChatMessage> messages)
    {
        var answer = new AnswerFingerprint(null);
        List<string> all = [];
        foreach (var message in messages)
        {
            answer.Add(message);
            if (message.Role == ChatRole.Assistant || message.Role == ChatRole.Tool)
            {
                all.AddRange(answer.Possible());
            }
        }

        return all;
    }

    /// <summary>A hash of the last user message; null for none.</summary>
    public string? User => _isAnswer || _texts.Count == 0 ? _user : Hash(null, _last);

    public void Add(ChatMessage message)
    {
        if (FingerprintAtoms.IsSystem(message.Role) || message.Role == ChatRole.Tool)
        {
            // Results part the texts of an answer; the user message before it stays the same.
            Reset(isAnswer: message.Role == ChatRole.Tool || _isAnswer);
            return;
        }

        var isAnswer = message.Role == ChatRole.Assistant;
        if (isAnswer != _isAnswer)
        {
            Reset(isAnswer);
        }

        var start = _texts.Count;
        foreach (var content in message.Contents)
        {
            if (content is TextContent or ErrorContent)
            {
                Append(content is TextContent text ? text.Text : ((ErrorContent)content).Message);
            }
            else if (content is FunctionCallContent call)
            {
                _calls.Add(call.CallId);
            }
            else if (!isAnswer && FingerprintAtoms.KindOf(content) is not null and not 'r')
            {
                // A question may be an image alone.
                Append(FingerprintAtoms.HashOf(content));
            }
            else if (content is FunctionResultContent)
            {
                Reset(isAnswer);
                start = 0;
            }
        }

        _last = _texts.Count > start ? start : _last;
    }

    /// <summary>The hash under which a turn is stored; null when there is no evidence.</summary>
    public override string? ToString() => Possible().FirstOrDefault();

    /// <summary>
    /// The hashes under which the answer may be stored. Hosts split messages and drop some between others, so that neighbors count together
    /// as well as the last of them alone.
    /// </summary>
    public IEnumerable<string> Possible()
    {
        if (!_isAnswer)
        {
            yield break;
        }

        foreach (var call in _calls)
        {
            yield return Version + TextHash.Of("call\n" + call);
        }

        foreach (var before in _texts.Count == 0 ? [] : new[] { _user, _users }.OfType<string>())
        {
            yield return Version + Hash(before, 0);
            if (_last > 0)
            {
                yield return Version + Hash(before, _last);
            }
        }
    }

    private void Append(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _texts.Add(text);
        }
    }

    /// <summary>The hash of the texts from one of them on, after a line with the hash of the user message before them, if there is one.</summary>
    private string Hash(string? before, int first)
    {
        // Joined as characters: a surrogate pair may be cut between two texts.
        using var all = new PooledBuffer<char>(FirstSize);
        if (before is not null)
        {
            all.Write(before);
            all.Write("\n");
        }

        foreach (var text in CollectionsMarshal.AsSpan(_texts)[first..])
        {
            all.Write(text);
        }

        return TextHash.Of(all.Span);
    }

    private void Reset(bool isAnswer)
    {
        if (!_isAnswer && _texts.Count > 0)
        {
            (_user, _users) = (User, _last > 0 ? Hash(null, 0) : null);
        }

        _texts.Clear();
        _calls.Clear();
        (_isAnswer, _last) = (isAnswer, 0);
    }
}
