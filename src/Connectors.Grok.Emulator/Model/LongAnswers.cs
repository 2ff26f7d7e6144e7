using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Composes answers of a requested length, to show streaming and cancellation.</summary>
internal static partial class LongAnswers
{
    private const int MaxWords = 20_000;

    private static readonly string[] Sentences =
    [
        "Here is a thought about {0} from a model that lives on your own machine.",
        "Nobody was asked, nothing was looked up, and yet {0} deserves another sentence.",
        "One could go on about {0} for quite a while, which is the whole point of this text.",
        "Every word of it is made up locally, at no cost, to let you watch a stream.",
        "If you have seen enough about {0}, stop me at any time.",
    ];

    public static string? For(string question)
    {
        if (Counts().Match(question) is { Success: true } count)
        {
            return string.Join(", ", Enumerable.Range(1, Number(count))) + ".";
        }

        return Essays().Match(question) is { Success: true } essay ? Essay(Number(essay), TopicOf(essay)) : null;
    }

    private static string TopicOf(Match essay) => essay.Groups["topic"] is { Success: true } topic ? topic.Value.Trim().TrimEnd('.', '!', '?') : "this";

    private static string Essay(int words, string topic)
    {
        var text = new StringBuilder();
        var written = 0;
        for (var sentence = 0; written < words; sentence++)
        {
            foreach (var word in Sentences[sentence % Sentences.Length].Replace("{0}", topic, StringComparison.Ordinal).Split(' ').Take(words - written))
            {
                text.Append(text.Length == 0 ? "" : " ").Append(word);
                written++;
            }
        }

        return text.ToString();
    }

    private static int Number(Match match) =>
        int.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, MaxWords) : MaxWords;

    [GeneratedRegex(@"\bcount (?:from (?:1|one) )?(?:up )?to (?<number>\d+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counts();

    [GeneratedRegex(@"\b(?<number>\d+)[ -]words?\b(?:[^.!?\n]*?\b(?:about|on|of) (?<topic>[^.!?\n]+))?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Essays();
}
