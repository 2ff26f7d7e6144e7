using System.Text.RegularExpressions;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>
/// Keeps figurative phrases out of sources, documents and samples; docs/adr/0011-language.md gives the reason. Files that are not yet rewritten are
/// listed below. The list can only shrink: a listed file without such a phrase fails the test until its line is removed.
/// </summary>
public class LanguageTests
{
    private static readonly string[] Phrases =
    [
        // Recurring phrases.
        "anew", "goes on from", "go on from", "none of ours", "what was said", "has no word for", "stand beside",
        "stands beside", "oftener", "blotted",
        // Single sentences, each an example of its kind.
        "dropped with a word",
        "what a call must know",
        "the model's wish",
        "nobody waits for the service",
        "is no silence",
        "sent away as if",
        "the scatter of these waits",
        "that the model thought with",
        "of our own making",
        "lets go of every turn",
        "nothing of another name stands on",
        "moments that a span of time",
        "the calendar has an end",
        "until when the next turn can go on",
        "does not wait for the result of a function call",
        "a letter that is lost",
        "what becomes of what",
        "package with a known hole",
        "none that is given up",
    ];

    /// <summary>Files that may still hold such phrases. Do not add a file.</summary>
    private static readonly string[] NotYetRewritten =
    [
        "src/Connectors.Grok/Conversations/Engine/AnswerCache.cs",
        "src/Connectors.Grok/Conversations/Engine/StreamStarter.cs",
        "src/Connectors.Grok/Conversations/Engine/Basis.cs",
        "src/Connectors.Grok/Conversations/Engine/ClientDefaults.cs",
        "src/Connectors.Grok/Conversations/Engine/CommitOnCompletionStream.cs",
        "src/Connectors.Grok/Conversations/Engine/ConversationCall.cs",
        "src/Connectors.Grok/Conversations/Engine/ConversationChatClient.cs",
        "src/Connectors.Grok/Conversations/Engine/StampedCall.cs",
        "src/Connectors.Grok/Conversations/History/ConversationDocument.cs",
        "src/Connectors.Grok/Conversations/History/ConversationHistory.cs",
        "src/Connectors.Grok/Conversations/History/Fingerprint.cs",
        "src/Connectors.Grok/Conversations/History/TurnContent.cs",
        "src/Connectors.Grok/Conversations/History/TurnHeader.cs",
    ];

    private static readonly string[] Extensions = [".cs", ".css", ".csproj", ".html", ".js", ".json", ".md", ".yaml"];

    // Whole words, in any case. A phrase may span lines, including those of a documentation comment.
    private static readonly Regex AnyPhrase = new(
        $@"\b(?:{string.Join('|', Phrases.Select(static p => string.Join(@"[\s/]+", p.Split(' ').Select(Regex.Escape))))})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10));

    [Fact]
    public void Files_outside_the_ratchet_list_hold_no_figurative_phrase()
    {
        var found = Files().Except(NotYetRewritten, StringComparer.Ordinal).SelectMany(Found).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Every_file_on_the_ratchet_list_still_has_a_figurative_phrase()
    {
        var clean = NotYetRewritten.Where(static f => !File.Exists(Repository.PathTo(f)) || !Found(f).Any()).ToList();
        Assert.True(clean.Count == 0, $"Remove from {nameof(NotYetRewritten)}:\n{string.Join('\n', clean)}");
    }

    [Theory]
    [InlineData("It is sent anew.", "anew")]
    [InlineData("Goes On From", "Goes On From")]
    [InlineData("/// <summary>What was\n    /// said.</summary>", "What was\n    /// said")]
    [InlineData("It is renewed; a new one goes on.", null)]
    public void Phrase_search_finds_whole_words_in_any_case_across_lines(string text, string? phrase)
    {
        var match = AnyPhrase.Match(text);
        Assert.Equal(phrase, match.Success ? match.Value : null);
    }

    private static IEnumerable<string> Found(string file)
    {
        var text = File.ReadAllText(Repository.PathTo(file));
        foreach (Match match in AnyPhrase.Matches(text))
        {
            yield return $"{file}:{text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}";
        }
    }

    /// <summary>The hand-written files whose language is checked: those of src, docs and samples, and the documents of the root folder. Paths are relative to the repository and use forward slashes.</summary>
    private static IEnumerable<string> Files()
    {
        string[] folders = ["src", "docs", "samples"];
        string[] documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
        return folders.SelectMany(static folder => Directory.GetFiles(Repository.PathTo(folder), "*", SearchOption.AllDirectories))
            .Select(static f => Path.GetRelativePath(Repository.PathTo(), f).Replace('\\', '/'))
            .Where(IsWritten)
            .Concat(documents);
    }

    /// <summary>Whether the file is written by hand: not a package lock, and not generated by a build or a test.</summary>
    private static bool IsWritten(string file) =>
        Extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal)
        && !file.EndsWith("packages.lock.json", StringComparison.Ordinal)
        && !file.Contains(".received.", StringComparison.Ordinal)
        && !file.Split('/').Any(static part => part is "bin" or "obj");
}
