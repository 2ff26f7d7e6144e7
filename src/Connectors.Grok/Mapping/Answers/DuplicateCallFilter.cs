using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Finds function calls that an answer holds twice, and gives ids to calls that have none. The caller would run a function twice, or could not tell two results apart.</summary>
internal sealed class DuplicateCallFilter
{
    private readonly Dictionary<string, FunctionCallItem> _calls = new(StringComparer.Ordinal);
    private HashSet<string>? _given;

    /// <summary>Whether the item repeats a call with the same id, function and arguments.</summary>
    public bool Repeats(FunctionCallItem call) =>
        call.CallId is { Length: > 0 } id && !_calls.TryAdd(id, call) && _calls[id] is var known && (known.Name, known.Arguments) == (call.Name, call.Arguments);

    /// <summary>Returns the call with an id that no other call of the answer has.</summary>
    /// <param name="call">The call.</param>
    /// <param name="index">Its index in the output.</param>
    public FunctionCallItem WithId(FunctionCallItem call, int index)
    {
        if (call.CallId is { Length: > 0 })
        {
            return call;
        }

        var id = FunctionMapper.CallId(call);
        return call with { CallId = !_calls.ContainsKey(id) && (_given ??= new(StringComparer.Ordinal)).Add(id) ? id : $"{id}_{index}" };
    }
}
