using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Finds function calls that an answer holds twice. The caller would run the function twice, and could not tell the two results apart.</summary>
internal sealed class DuplicateCallFilter
{
    private readonly Dictionary<string, FunctionCallItem> _calls = new(StringComparer.Ordinal);

    /// <summary>Whether the item repeats a call with the same id, function and arguments.</summary>
    public bool Repeats(FunctionCallItem call) =>
        call.CallId is { Length: > 0 } id && !_calls.TryAdd(id, call) && _calls[id] is var known && (known.Name, known.Arguments) == (call.Name, call.Arguments);
}
