using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Finds duplicate function calls of an answer. A duplicate would run twice, with indistinguishable results.</summary>
internal sealed class DuplicateCallFilter
{
    private readonly Dictionary<string, FunctionCallItem> _calls = new(StringComparer.Ordinal);

    /// <summary>Whether the item repeats a call with the same id, function and arguments.</summary>
    public bool Repeats(FunctionCallItem call) =>
        call.CallId is { Length: > 0 } id && !_calls.TryAdd(id, call) && _calls[id] is var known && (known.Name, known.Arguments) == (call.Name, call.Arguments);
}
