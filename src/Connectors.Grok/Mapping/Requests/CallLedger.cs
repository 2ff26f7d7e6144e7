using System.Runtime.InteropServices;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Pairs the function calls in the messages with their results, and decides which of them are sent. A call id may be reused, so a result belongs to
/// the nearest earlier call with the same id. A call without a result, or a result without a call, is not sent where the service would reject it.
/// </summary>
internal sealed class CallLedger
{
    private readonly bool _isWhole;
    private readonly bool _isAllThatIsNew;
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CallHistory> _calls = new(StringComparer.Ordinal);

    /// <param name="messages">The messages.</param>
    /// <param name="isWhole">Whether they are the whole conversation, so that every call must be among them.</param>
    /// <param name="isAllThatIsNew">Whether they are all that is sent, so that a call must come with its result.</param>
    public CallLedger(IReadOnlyList<ChatMessage> messages, bool isWhole, bool isAllThatIsNew = true)
    {
        (_isWhole, _isAllThatIsNew) = (isWhole, isAllThatIsNew);
        for (var i = 0; i < messages.Count; i++)
        {
            var contents = messages[i]?.Contents;
            for (var c = 0; c < contents?.Count; c++)
            {
                Add(contents[c]);
            }
        }

        if (_calls.Count > 0)
        {
            End();
        }
    }

    /// <summary>What to say when nothing is left to send: names a call without its result or a result without its call. Null when there is none.</summary>
    public string? Problem => _calls.Count == 0 ? null : _calls.Values.Select(static c => c.Problem).FirstOrDefault(static p => p is not null);

    /// <summary>Whether the messages hold the result of the call.</summary>
    public bool IsAnswered(string callId) => _calls.TryGetValue(callId, out var calls) && calls.HasResult;

    /// <summary>What becomes of the next call or result with this id. Ask for each of the messages' contents, in their order.</summary>
    public CallFate Next(string callId) => _calls.TryGetValue(callId, out var calls) ? calls.Next() : CallFate.Repeated;

    /// <summary>Puts neighbouring results into the order of their calls: that is how the service expects them.</summary>
    public void Sort(List<ResponseItem> items)
    {
        for (var start = 0; start < items.Count; start++)
        {
            var count = 0;
            while (start + count < items.Count && items[start + count] is FunctionCallOutputItem)
            {
                count++;
            }

            if (count > 1)
            {
                var sorted = items.GetRange(start, count).OrderBy(i => ((FunctionCallOutputItem)i).CallId is { } id ? _order.GetValueOrDefault(id, int.MaxValue) : int.MaxValue).ToList();
                items.RemoveRange(start, count);
                items.InsertRange(start, sorted);
            }

            start += count;
        }
    }

    private void End()
    {
        foreach (var calls in _calls.Values)
        {
            calls.End(_isAllThatIsNew);
        }
    }

    private void Add(AIContent? content)
    {
        // Most contents are neither; a raw item is sent in any case, and so is what belongs to it.
        var isPlain = content is not null && content.GetType() == typeof(AIContent);
        if (!isPlain && content is not (FunctionCallContent or FunctionResultContent))
        {
            return;
        }

        switch (HostedMapper.ToItem(content!))
        {
            case FunctionCallItem { CallId: { } id }:
                History(id).AddSentCall(_isAllThatIsNew);
                return;
            case FunctionCallOutputItem { CallId: { } id }:
                History(id).AddSentResult();
                return;
            case not null:
                return;
        }

        if (content is FunctionCallContent call)
        {
            _order.TryAdd(call.CallId, _order.Count);
            History(call.CallId).Add(call, _isAllThatIsNew);
        }
        else if (content is FunctionResultContent result)
        {
            History(result.CallId).Add(result, _isWhole);
        }
    }

    private CallHistory History(string callId)
    {
        ref var history = ref CollectionsMarshal.GetValueRefOrAddDefault(_calls, callId, out _);
        return history ??= new CallHistory();
    }
}
