using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Values found in the user's text with which a schema can be filled: places, numbers, quotations, named values.</summary>
internal sealed partial class Hints
{
    private readonly string _question;
    private readonly Memory _memory;
    private readonly Queue<decimal> _numbers;
    private readonly string[] _places;
    private readonly string[] _quotations;

    // The answer is the text that the model would have answered. The variant selects one of several places.
    public Hints(string question, Memory memory, string answer, int variant = 0)
    {
        _question = question;
        _memory = memory;
        Answer = answer;
        Sum = Arithmetic.Solve(question) is (_, var value) && decimal.TryParse(value, CultureInfo.InvariantCulture, out var sum) ? sum : null;
        _numbers = new Queue<decimal>(NumbersIn(question));
        var places = PlacesIn(question);
        _places = places.Count > variant ? [places[variant]] : [.. places];
        _quotations = [.. Quotations().Matches(question).Select(match => match.Groups["what"].Value)];
    }

    public string Answer { get; }

    public string Question => _question;

    /// <summary>The value of the arithmetic expression in the question; null when there is none.</summary>
    public decimal? Sum { get; }

    public decimal? NextNumber => _numbers.TryDequeue(out var number) ? number : null;

    /// <summary>Finds places in a text: names with capital letters after a preposition, or else any word after one.</summary>
    public static IReadOnlyList<string> PlacesIn(string question)
    {
        var names = PlaceLists().Matches(question).SelectMany(match => match.Groups["place"].Captures.Select(capture => capture.Value.Trim())).ToList();
        if (names.Count == 0 && LoosePlaces().Match(question) is { Success: true } loose)
        {
            names.Add(loose.Groups["place"].Value);
        }

        return names;
    }

    public bool KnowsPlace => _places.Length > 0;

    public static bool IsPlace(string property) => PlaceNames().IsMatch(property);

    /// <summary>Returns a value for a text property; null when the question suggests none.</summary>
    public string? TextFor(string property)
    {
        if (Named(property) is { } named)
        {
            return named;
        }

        if (IsPlace(property))
        {
            return _places.FirstOrDefault() ?? _memory.Recall("trip") ?? _memory.Recall("home") ?? "here";
        }

        if (_quotations.FirstOrDefault() is { } quotation)
        {
            return quotation;
        }

        return _memory.Recall(Spaced(property)) ?? (WholeQuestion().IsMatch(property) ? _question : null);
    }

    /// <summary>Whether the question mentions a value.</summary>
    public bool Mentions(string value) => Regex.IsMatch(_question, $@"\b{Regex.Escape(value)}\b", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

    public bool MentionsProperty(string property) => Mentions(Spaced(property));

    public bool SaysNo => Denials().IsMatch(_question);

    private static string Spaced(string property) => Humps().Replace(property.Replace('_', ' ').Replace('-', ' '), " ").ToLowerInvariant();

    private static IEnumerable<decimal> NumbersIn(string question) => Numbers().Matches(question)
        .Select(match => decimal.TryParse(match.Value, CultureInfo.InvariantCulture, out var number) ? number : 0);

    // "order id 42", "city: Oslo", "unit = celsius".
    private string? Named(string property)
    {
        var pattern = $@"\b{Regex.Escape(Spaced(property))}\s*(?:[:=]|is\b)?\s*[""“']?(?<value>[\p{{L}}\d][\p{{L}}\d._@+-]*)";
        var match = Regex.Match(_question, pattern, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return match.Success && !FillWords().IsMatch(match.Groups["value"].Value) ? match.Groups["value"].Value.TrimEnd('.') : null;
    }

    [GeneratedRegex(@"\b(?:in|for|at|to|from|near|of|about) (?:the )?(?<place>\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*)(?:(?:, (?:and )?| and | or )(?:in |for )?(?<place>\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*))*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlaceLists();

    [GeneratedRegex(@"\b(?:in|for|at|near) (?!(?:the|a|an|my|your|me|us|this|that|today|tomorrow|celsius|fahrenheit|general|detail|short|now)\b)(?<place>\p{L}{3,})", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LoosePlaces();

    [GeneratedRegex(@"city|location|place|country|town|destination|region|address|where", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex PlaceNames();

    [GeneratedRegex(@"^(?:query|question|text|message|prompt|input|search|q|request|topic|expression|content|body)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex WholeQuestion();

    [GeneratedRegex(@"[""“](?<what>[^""”\n]+)[""”]|(?<!\p{L})'(?<what>[^'\n]+)'(?!\p{L})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quotations();

    [GeneratedRegex(@"(?<![\p{L}\d.])-?\d+(?:\.\d+)?", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b(?:off|not|no|false|disable|disabled|without|don't)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Denials();

    [GeneratedRegex(@"(?<=\p{Ll})(?=\p{Lu})", RegexOptions.None, 1000)]
    private static partial Regex Humps();

    [GeneratedRegex(@"^(?:in|for|at|to|of|is|are|the|a|an|and|or|please|now|with|from|it|that|this|will|was|on|today|tomorrow)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex FillWords();
}
