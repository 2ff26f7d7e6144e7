using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>Searches deferred tool definitions by words, as the service does: it compares words of names and descriptions, not their meaning.</summary>
internal static partial class ToolIndex
{
    public const int DefaultLimit = 5;

    public static IReadOnlyList<Tool> Search(IReadOnlyList<Tool> tools, string query, int limit)
    {
        var words = WordsOf(query);
        return
        [
            .. tools
                .Where(tool => tool.IsDeferred && tool.Key is not null)
                .Select(tool => (Tool: tool, Score: ScoreOf(tool, query, words)))
                .Where(hit => hit.Score > 0)
                .OrderByDescending(hit => hit.Score)
                .Take(limit)
                .Select(hit => hit.Tool),
        ];
    }

    // The exact name comes first.
    private static int ScoreOf(Tool tool, string query, HashSet<string> words) => tool.Key == query
        ? int.MaxValue
        : (2 * WordsOf(tool.Key!).Count(words.Contains)) + WordsOf(tool.Description ?? "").Count(words.Contains);

    private static HashSet<string> WordsOf(string text) => Words().Matches(text).Select(word => word.Value.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\d+", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
