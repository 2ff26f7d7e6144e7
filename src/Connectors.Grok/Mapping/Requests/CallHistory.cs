using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>The calls and results of one id, in their order.</summary>
internal sealed class CallHistory
{
    private readonly List<CallFate> _fates = [];
    private int _next;

    // The call that waits for its result, null for one that is sent in any case; and where it stands among the fates.
    private FunctionCallContent? _pending;
    private int _pendingIndex;
    private bool _isPending;

    // The last call that got its result: the same two again are a copy of them.
    private FunctionCallContent? _answered;
    private FunctionResultContent? _answer;
    private bool _hasCall;

    /// <summary>Whether a result is among them.</summary>
    public bool HasResult { get; private set; }

    /// <summary>What is wrong with the first one that stands alone; null when none does.</summary>
    public string? Problem { get; private set; }

    /// <summary>The fate of the next one.</summary>
    public CallFate Next() => _next < _fates.Count ? _fates[_next++] : CallFate.Repeated;

    /// <summary>Adds a call that is sent in any case.</summary>
    /// <param name="needsResult">Whether the result of a call before it must be among the messages.</param>
    public void AddSentCall(bool needsResult)
    {
        End(needsResult);
        (_isPending, _hasCall, _pending) = (true, true, null);
    }

    /// <summary>Adds a result that is sent in any case.</summary>
    public void AddSentResult()
    {
        HasResult = true;
        Answer(null);
    }

    /// <summary>Adds a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="needsResult">Whether its result must be among the messages.</param>
    public void Add(FunctionCallContent call, bool needsResult)
    {
        if (_isPending && _pending is not null && IsSame(_pending, call))
        {
            _fates.Add(CallFate.Repeated);
            return;
        }

        End(needsResult);
        (_isPending, _hasCall, _pending, _pendingIndex) = (true, true, call, _fates.Count);
        _fates.Add(CallFate.Sent);
    }

    /// <summary>Adds a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="needsCall">Whether its call must be among the messages.</param>
    public void Add(FunctionResultContent result, bool needsCall)
    {
        var isFirst = !HasResult;
        HasResult = true;
        if (_isPending)
        {
            if (_pending is not null && _answered is not null && _answer is not null && IsSame(_answered, _pending) && IsSame(_answer, result))
            {
                // This call and its result repeat the previous call and result, as when a host appends a conversation to itself.
                _fates[_pendingIndex] = CallFate.Repeated;
                _fates.Add(CallFate.Repeated);
                _isPending = false;
                return;
            }

            _fates.Add(CallFate.Sent);
            Answer(result);
        }
        else if (!_hasCall && needsCall)
        {
            _fates.Add(CallFate.Alone);
            Problem ??= $"The function result '{PrintableText.Escape(result.CallId)}' has no call among the messages: send the assistant's message with the call before it.";
        }
        else
        {
            // Once for a call that is not here; one more after that, or after the result of a call, says nothing new.
            _fates.Add(!_hasCall && isFirst ? CallFate.Sent : CallFate.Repeated);
        }
    }

    /// <summary>Decides about a call that still waits for its result.</summary>
    /// <param name="needsResult">Whether it must be among the messages.</param>
    public void End(bool needsResult)
    {
        if (_isPending && _pending is { } call && (needsResult || call.InformationalOnly))
        {
            var isCopy = _answered is not null && IsSame(_answered, call);
            _fates[_pendingIndex] = isCopy ? CallFate.Repeated : CallFate.Alone;
            Problem ??= isCopy ? null : $"The function call '{PrintableText.Escape(call.CallId)}' ({PrintableText.Escape(call.Name)}) has no result among the messages: add a FunctionResultContent for it, or leave the call out.";
        }

        _isPending = false;
    }

    private void Answer(FunctionResultContent? result) => (_answered, _answer, _isPending) = (_pending, result, false);

    private static bool IsSame(FunctionCallContent one, FunctionCallContent other) =>
        ReferenceEquals(one, other) || (one.Name == other.Name && FunctionMapper.ToItem(one).Arguments == FunctionMapper.ToItem(other).Arguments);

    private static bool IsSame(FunctionResultContent one, FunctionResultContent other) =>
        ReferenceEquals(one, other) || WireText.FromItem(FunctionMapper.ToItem(one)) == WireText.FromItem(FunctionMapper.ToItem(other));
}
