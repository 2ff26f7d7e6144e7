using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>The facts that the user stated, extracted from the whole conversation on every turn.</summary>
internal sealed partial class Memory
{
    /// <summary>The facts of each text. A long chain is read on every turn, so they are extracted only once for each text.</summary>
    private static readonly ConditionalWeakTable<string, IReadOnlyList<(string Key, string Value)>> Known = [];

    private readonly Dictionary<string, string> _facts = new(StringComparer.OrdinalIgnoreCase);

    public Memory(IEnumerable<string> userTexts)
    {
        foreach (var text in userTexts)
        {
            Learn(text);
        }
    }

    /// <summary>Returns the facts of a message, in order.</summary>
    public static IReadOnlyList<(string Key, string Value)> FactsIn(string text) => Known.GetValue(text, Find);

    private static IReadOnlyList<(string Key, string Value)> Find(string text)
    {
        var facts = new List<(string, string)>();
        foreach (Match sentence in Sentences().Matches(text))
        {
            if (sentence.Value.TrimEnd().EndsWith('?'))
            {
                continue;
            }

            foreach (Match match in Possessions().Matches(sentence.Value))
            {
                facts.Add((match.Groups["key"].Value.Trim(), Tidy(match.Groups["value"].Value)));
            }

            if (Names().Match(sentence.Value) is { Success: true } name)
            {
                facts.Add(("name", Tidy(name.Groups["value"].Value)));
            }

            if (Trips().Match(sentence.Value) is { Success: true } trip)
            {
                facts.Add(("trip", Tidy(trip.Groups["value"].Value)));
            }

            if (Homes().Match(sentence.Value) is { Success: true } home)
            {
                facts.Add(("home", Tidy(home.Groups["value"].Value)));
            }
        }

        return facts;
    }

    public string? Recall(string key) => _facts.GetValueOrDefault(key);

    /// <summary>Returns the fact that a question asks for ("what is my …"); null when it asks for none.</summary>
    public static string? KeyAskedFor(string question)
    {
        if (Questions().Match(question) is { Success: true } asked)
        {
            return asked.Groups["key"].Value.Trim();
        }

        if (question.Contains("who am i", StringComparison.OrdinalIgnoreCase) || CallsMe().IsMatch(question))
        {
            return "name";
        }

        return question.Contains("where do i live", StringComparison.OrdinalIgnoreCase) ? "home" : null;
    }

    private void Learn(string text)
    {
        foreach (var (key, value) in FactsIn(text))
        {
            _facts[key] = value;
        }
    }

    private static string Tidy(string value) => value.Trim().TrimEnd('.', '!', ',', ';').Trim();

    // A full stop inside a number or an address does not end a sentence.
    [GeneratedRegex(@"(?:[^.!?\n]|\.(?=\S))+[.!?]?", RegexOptions.None, 1000)]
    private static partial Regex Sentences();

    [GeneratedRegex(@"\bmy (?<key>[\p{L}][\p{L}' -]{0,40}?) (?:is|are|was|=) (?<value>.+?)(?=,? (?:and|but|so) (?:my|i|i'm|please|remember)\b|, (?:my|i|i'm|please|remember|can|could|what)\b|$)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Possessions();

    [GeneratedRegex(@"\b(?:call me|i am called|i'm called|i am named|i'm named|my name['’]s) (?<value>[\p{L}][\p{L}'-]*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();

    [GeneratedRegex(@"\b(?:trip|travel|travelling|traveling|journey|flying|going|holiday|vacation) (?:to|in) (?<value>\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trips();

    [GeneratedRegex(@"\b[Ii] live in (?<value>\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Homes();

    [GeneratedRegex(@"\b(?:what(?:'s|’s| is| are| was)|tell me|say|remember|recall|know) my (?<key>[\p{L}][\p{L}' -]{0,40}?)(?: again| please)?\s*(?:[?.!,]|$)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Questions();

    [GeneratedRegex(@"\bwhat am i called\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex CallsMe();
}
