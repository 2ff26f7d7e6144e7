using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Selects the functions to call: those that the user asks for by name or by topic.</summary>
internal static partial class ToolPicker
{
    private static readonly JsonElement NoParameters = JsonDocument.Parse("{}").RootElement;

    private static readonly HashSet<string> Verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        "get", "set", "find", "fetch", "list", "look", "lookup", "up", "query", "current", "by", "for", "and", "the", "of", "from", "to", "in",
        "plugin", "tool", "tools", "function", "info", "information", "data", "my", "is", "do", "run", "call", "execute", "async", "with", "a",
    };

    public static IReadOnlyList<FunctionCallOutput> Pick(Prompt prompt, Conversation conversation, Memory memory)
    {
        var request = prompt.Request;
        var functions = request.Tools.Where(tool => tool.IsFunction).ToList();
        if (functions.Count == 0 || request.ToolChoice.Mode == "none")
        {
            return [];
        }

        var selected = SelectCalls(request, functions, conversation, memory);
        if (!request.ParallelToolCalls)
        {
            selected = [.. selected.Take(1)];
        }

        var number = 0;
        return [.. selected.Select(selection => new FunctionCallOutput(CallId(prompt.ResponseId, number++), selection.Name, selection.Arguments))];
    }

    private static List<(string Name, string Arguments)> SelectCalls(CreateRequest request, List<Tool> functions, Conversation conversation, Memory memory)
    {
        if (request.ToolChoice.FunctionName is { } named)
        {
            return Calls(functions.First(tool => tool.Name == named), conversation, memory);
        }

        // A call that was already made for this question is not repeated; otherwise a function loop would not end.
        var asked = functions.Where(tool => IsAskedFor(tool, conversation.Question)).SelectMany(tool => Calls(tool, conversation, memory));
        var selected = asked.Where(selection => !conversation.CallsForQuestion.Any(call => call.Name == selection.Name && call.Arguments == selection.Arguments)).ToList();
        var mustCall = request.ToolChoice.Mode == "required" && request.Tools.All(tool => tool.IsFunction || tool.Type == "tool_search");
        return selected.Count == 0 && mustCall ? [.. Calls(functions[0], conversation, memory).Take(1)] : selected;
    }

    private static List<(string Name, string Arguments)> Calls(Tool tool, Conversation conversation, Memory memory)
    {
        var schema = tool.Parameters ?? NoParameters;
        var takesPlace = schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
            && properties.EnumerateObject().Any(property => Hints.IsPlace(property.Name));
        var variants = takesPlace ? Math.Max(1, Hints.PlacesIn(conversation.Question).Count) : 1;
        return
        [
            .. Enumerable.Range(0, variants).Select(variant =>
            {
                var hints = new Hints(conversation.Question, memory, conversation.Question, variant);
                return (tool.Name!, new SchemaFiller(hints, schema, fillsOptional: false).Fill());
            }),
        ];
    }

    private static bool IsAskedFor(Tool tool, string question)
    {
        var words = Words(question);
        var nameWords = NameWords().Matches(tool.Name!).Select(match => match.Value).ToList();
        if (question.Contains(tool.Name!, StringComparison.OrdinalIgnoreCase) || nameWords.All(word => words.Contains(Singular(word))))
        {
            return true;
        }

        // A statement such as "my favourite colour is blue" is not a request.
        var topics = nameWords.Where(word => word.Length > 2 && !Verbs.Contains(word));
        return Memory.FactsIn(question).Count == 0 && topics.Any(word => words.Contains(Singular(word)));
    }

    private static HashSet<string> Words(string text) =>
        TextWords().Matches(text).Select(match => Singular(match.Value)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string Singular(string word) => word.Length > 3 && word.EndsWith('s') ? word[..^1] : word;

    private static string CallId(string responseId, int number) => $"call_{responseId.Replace("-", "", StringComparison.Ordinal)[..12]}{number:D4}";

    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\d+", RegexOptions.None, 1000)]
    private static partial Regex NameWords();

    [GeneratedRegex(@"[\p{L}\d]+", RegexOptions.None, 1000)]
    private static partial Regex TextWords();
}
