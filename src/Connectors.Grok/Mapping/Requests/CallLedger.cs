using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Which calls and results of these messages belong together. The service refuses a call without its result and a result without
/// its call, in words that do not help; here the id is named before anything is sent.
/// </summary>
internal sealed class CallLedger
{
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);

    // How many results of each call are still to come.
    private readonly Dictionary<string, int> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Calls, int Results)> _sent = new(StringComparer.Ordinal);

    /// <param name="messages">The messages.</param>
    /// <param name="isWhole">Whether they are the whole conversation, so that every call must be among them.</param>
    /// <param name="isAllThatIsNew">Whether they are all that is sent, so that a call must come with its result.</param>
    /// <exception cref="ArgumentException">A call or a result stands alone.</exception>
    public CallLedger(IReadOnlyList<ChatMessage> messages, bool isWhole, bool isAllThatIsNew = true)
    {
        var contents = messages.SelectMany(static m => m?.Contents ?? []).ToList();
        foreach (var id in contents.Select(static c => c is FunctionResultContent result ? result.CallId : (c?.RawRepresentation as FunctionCallOutputItem)?.CallId).OfType<string>())
        {
            _results[id] = _results.GetValueOrDefault(id) + 1;
        }

        foreach (var call in contents.OfType<FunctionCallContent>())
        {
            _order.TryAdd(call.CallId, _order.Count);
        }

        if (isAllThatIsNew && contents.OfType<FunctionCallContent>().FirstOrDefault(c => !c.InformationalOnly && !_results.ContainsKey(c.CallId)) is { } open)
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
    public bool IsAnswered(string callId) => _results.ContainsKey(callId);

    /// <summary>
    /// Whether the call is to be sent: not when it was cut off and never answered, and once; but a service may give an id again in a later
    /// turn, which shows by a result of its own.
    /// </summary>
    public bool Keeps(FunctionCallContent call)
    {
        var (calls, results) = _sent.GetValueOrDefault(call.CallId);
        var isKept = calls == 0 ? !call.InformationalOnly || IsAnswered(call.CallId) : calls == results && _results[call.CallId] > 0;
        if (isKept)
        {
            _sent[call.CallId] = (results + 1, results);
        }

        return isKept;
    }

    /// <summary>Whether the result is to be sent: once for each call, and once for one that is not here.</summary>
    public bool Keeps(FunctionResultContent result)
    {
        var (calls, results) = _sent.GetValueOrDefault(result.CallId);
        var isKept = results < Math.Max(calls, 1);
        _results[result.CallId]--;
        if (isKept)
        {
            _sent[result.CallId] = (calls, results + 1);
        }

        return isKept;
    }

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
