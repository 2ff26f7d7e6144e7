using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>
/// Which calls and results of these messages belong together. The service refuses a call without its result and a result without
/// its call, in words that do not help; here the id is named before anything is sent.
/// </summary>
internal sealed class CallLedger
{
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sentCalls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sentResults = new(StringComparer.Ordinal);

    /// <param name="messages">The messages.</param>
    /// <param name="isWhole">Whether they are the whole conversation, so that every call must be among them.</param>
    /// <param name="isAllThatIsNew">Whether they are all that is sent, so that a call must come with its result.</param>
    /// <exception cref="ArgumentException">A call or a result stands alone.</exception>
    public CallLedger(IReadOnlyList<ChatMessage> messages, bool isWhole, bool isAllThatIsNew = true)
    {
        var contents = messages.SelectMany(static m => m?.Contents ?? []).ToList();
        _answered.UnionWith(contents.Select(static c => c is FunctionResultContent result ? result.CallId : (c?.RawRepresentation as FunctionCallOutputItem)?.CallId).OfType<string>());
        foreach (var call in contents.OfType<FunctionCallContent>())
        {
            _order.TryAdd(call.CallId, _order.Count);
        }

        if (isAllThatIsNew && contents.OfType<FunctionCallContent>().FirstOrDefault(c => !c.InformationalOnly && !_answered.Contains(c.CallId)) is { } open)
        {
            throw new ArgumentException(
                $"The function call '{open.CallId}' ({open.Name}) has no result among the messages: add a FunctionResultContent for it, or leave the call out.",
                nameof(messages));
        }

        if (isWhole && contents.OfType<FunctionResultContent>().FirstOrDefault(r => !_order.ContainsKey(r.CallId)) is { } orphan)
        {
            throw new ArgumentException(
                $"The function result '{orphan.CallId}' has no call among the messages: send the assistant's message with the call before it.",
                nameof(messages));
        }
    }

    /// <summary>Whether the messages hold the result of the call.</summary>
    public bool IsAnswered(string callId) => _answered.Contains(callId);

    /// <summary>Whether the call is to be sent: once, and not at all when it was cut off and never answered.</summary>
    public bool Keeps(FunctionCallContent call) => (!call.InformationalOnly || _answered.Contains(call.CallId)) && _sentCalls.Add(call.CallId);

    /// <summary>Whether the result is to be sent: once.</summary>
    public bool Keeps(FunctionResultContent result) => _sentResults.Add(result.CallId);

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
}
