using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>The instructions that the built-in model follows: its role, and simple rules of style.</summary>
internal sealed partial class Persona
{
    private readonly string _system;

    public Persona(IEnumerable<string> systemTexts)
    {
        _system = string.Join('\n', systemTexts);
        Description = Descriptions().Match(_system) is { Success: true } match ? match.Groups["who"].Value.Trim() : null;
    }

    /// <summary>The text after "You are" in the system messages, such as "a helpful customer support agent"; null when there is none.</summary>
    public string? Description { get; }

    public bool IsGuide => _system.Contains("hitchhiker", StringComparison.OrdinalIgnoreCase);

    public bool IsSupport => _system.Contains("support", StringComparison.OrdinalIgnoreCase);

    public string Style(string text)
    {
        if (Beginnings().Match(_system) is { Success: true } beginning)
        {
            text = $"{beginning.Groups["what"].Value} {text}";
        }

        if (Endings().Match(_system) is { Success: true } ending)
        {
            text = $"{text} {ending.Groups["what"].Value}";
        }

        if (UpperCase().IsMatch(_system))
        {
            return text.ToUpperInvariant();
        }

        return LowerCase().IsMatch(_system) ? ToLower(text) : text;
    }

    // The analyzers reject string.ToLowerInvariant, which is often used for comparison keys. This text is for display.
    private static string ToLower(string text) => string.Concat(text.Select(char.ToLowerInvariant));

    [GeneratedRegex(@"\byou(?: are|'re) (?<who>[^.!\n]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Descriptions();

    [GeneratedRegex(@"upper[ -]?case|all caps|capital letters", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex UpperCase();

    [GeneratedRegex(@"lower[ -]?case|small letters", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex LowerCase();

    [GeneratedRegex(@"\b(?:begin|start) (?:every|each|all|your) (?:answers?|repl(?:y|ies)|responses?|messages?|sentences?) with:? [""“'](?<what>[^""”'\n]+)[""”']", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Beginnings();

    [GeneratedRegex(@"\b(?:end|finish) (?:every|each|all|your) (?:answers?|repl(?:y|ies)|responses?|messages?|sentences?) with:? [""“'](?<what>[^""”'\n]+)[""”']", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Endings();
}
