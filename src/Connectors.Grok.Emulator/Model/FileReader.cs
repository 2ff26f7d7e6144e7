using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Answers from attached files: quotes the line that shares most words with the question, or describes the files.</summary>
internal static partial class FileReader
{
    private const int MinWordLength = 3;
    private const int MaxQuoteLength = 160;

    public static string Answer(string question, IReadOnlyList<FilePart> files)
    {
        var words = WordsOf(question);
        var best = files
            .SelectMany(file => Lines().Matches(file.ContextText ?? "").Select(line => (file.Name, Line: line.Value.Trim(), Score: WordsOf(line.Value).Count(words.Contains))))
            .OrderByDescending(line => line.Score)
            .FirstOrDefault();
        return best.Score > 0 ? $"According to {best.Name}: {Shorten(best.Line).TrimEnd('.')}." : Describe(files);
    }

    private static string Describe(IReadOnlyList<FilePart> files) =>
        $"I see {(files.Count == 1 ? "1 file" : $"{files.Count} files")}: {string.Join("; ", files.Select(Describe))}.";

    private static string Describe(FilePart file) => file.Content is not { } content
        ? $"{file.Name}, which this emulator does not fetch"
        : $"{file.Name} ({content.Bytes.Length} bytes, {(content.Text is { } text ? $"text that begins \"{Shorten(Lines().Match(text).Value.Trim())}\"" : "without text that this emulator can read")})";

    private static HashSet<string> WordsOf(string text) =>
        Words().Matches(text).Select(word => word.Value.ToLowerInvariant()).Where(word => word.Length >= MinWordLength && !FillWords().IsMatch(word)).ToHashSet();

    private static string Shorten(string text) => text.Length <= MaxQuoteLength ? text : text[..(char.IsHighSurrogate(text[MaxQuoteLength - 1]) ? MaxQuoteLength - 1 : MaxQuoteLength)] + "…";

    [GeneratedRegex(@"(?:[^.!?\r\n]|\.(?=\S))+[.!?]?", RegexOptions.None, 1000)]
    private static partial Regex Lines();

    [GeneratedRegex(@"[\p{L}\d]+", RegexOptions.None, 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"^(?:the|and|for|from|with|this|that|what|which|who|when|where|how|does|did|was|were|are|has|have|you|your|can|file|files|document|documents|attached|attachment|pdf|please|tell|about|say|says)$", RegexOptions.None, 1000)]
    private static partial Regex FillWords();
}
