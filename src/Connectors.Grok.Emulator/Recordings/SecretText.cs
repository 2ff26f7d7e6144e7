using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Redacts what looks like a secret in a text: keys of known forms, bearer tokens, assignments to sensitive names, URLs, and random strings.</summary>
internal static partial class SecretText
{
    public const string Mask = "***";

    private const int TimeoutMs = 1000;
    private const string AnonymousId = "00000000-0000-0000-0000-000000000000";

    /// <summary>Redacts every secret, and the whole text when it holds one in an encoded form, or cannot be searched in time.</summary>
    public static string Redact(string text) => Guard(text, static value =>
    {
        var redacted = RedactPlain(value);
        return RedactPlain(Decode(redacted)) == Decode(redacted) ? redacted : Mask;
    });

    /// <summary>Redacts keys of known forms, bearer tokens and ids of teams only, for values such as ids and names, which look random without being secret.</summary>
    public static string RedactKnown(string text) => Guard(text, RedactForms);

    private static string Guard(string text, Func<string, string> redact)
    {
        try
        {
            return redact(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return Mask;
        }
    }

    private static string RedactPlain(string text)
    {
        text = Urls().Replace(text, static match => SecretUrl.Redact(match.Value));
        text = HeaderLines().Replace(text, $"${{name}}{Mask}");
        text = Assignments().Replace(text, static match => IsCount(match) ? match.Value : match.Groups["name"].Value + Quoted(match));
        text = Blobs().Replace(RedactForms(text), static match => IsScrambled(match.Value) ? Mask : match.Value);
        return Runs().Replace(text, static match => LooksRandom(match.Value) ? Mask : match.Value);
    }

    private static string RedactForms(string text)
    {
        text = XaiKeys().Replace(text, $"xai-{Mask}");
        text = Forms().Replace(text, Mask);
        text = Bearers().Replace(text, $"${{scheme}}{Mask}");
        text = Schemes().Replace(text, $"${{scheme}}{Mask}");
        return Teams().Replace(text, $"${{prefix}}{AnonymousId}");
    }

    /// <summary>Decodes the escapes of JSON, twice for JSON within JSON, and those of URLs.</summary>
    private static string Decode(string text)
    {
        for (var level = 0; level < 2 && text.AsSpan().ContainsAny('\\', '%'); level++)
        {
            text = Escapes().Replace(text, static match => match.Groups["code"] is { Success: true } code ? ((char)Convert.ToUInt16(code.Value, 16)).ToString() : match.Groups["other"].Value);
            text = Uri.UnescapeDataString(text);
        }

        return text;
    }

    /// <summary>Returns whether a run of characters could be a key: it mixes letters and digits, or it is longer than words are.</summary>
    private static bool LooksRandom(string run)
    {
        if (Guid.TryParseExact(run, "D", out _) || KnownIds().IsMatch(run))
        {
            return false;
        }

        var parts = run.Split('-', '_', '.', '+', '=');
        return parts.Any(static part => part.Length >= 12 && part.Any(char.IsAsciiDigit) && part.Any(char.IsAsciiLetter))
            || parts.Any(static part => part.Length >= 32)
            || (run.Length >= 32 && run.Any(char.IsAsciiDigit) && run.Any(char.IsAsciiLetterUpper) && run.Any(char.IsAsciiLetterLower));
    }

    /// <summary>Returns whether a run changes between capitals, small letters and digits as often as base64 does, and words and paths do not.</summary>
    private static bool IsScrambled(string run)
    {
        var changes = 0;
        for (var index = 1; index < run.Length; index++)
        {
            changes += KindOf(run[index]) != KindOf(run[index - 1]) ? 1 : 0;
        }

        return changes >= run.Length / 4 && run.Any(char.IsAsciiLetterUpper) && run.Any(char.IsAsciiLetterLower) && run.Any(char.IsAsciiDigit);
    }

    private static int KindOf(char character) => char.IsAsciiLetterUpper(character) ? 1 : char.IsAsciiLetterLower(character) ? 2 : char.IsAsciiDigit(character) ? 3 : 4;

    // Counts of tokens are no secret, such as "max_output_tokens":1024.
    private static bool IsCount(Match match) => match.Groups["value"].Value is { Length: > 0 and <= 9 } value && value.All(char.IsAsciiDigit)
        && match.Groups["name"].Value.Contains("token", StringComparison.OrdinalIgnoreCase);

    private static string Quoted(Match match) => match.Groups["quote"].Value + Mask + match.Groups["quote"].Value;

    [GeneratedRegex(@"\bxai-(?:[A-Za-z0-9_-]{4,}|[A-Za-z0-9_-]+$)", RegexOptions.None, TimeoutMs)]
    private static partial Regex XaiKeys();

    [GeneratedRegex(
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\b(?:(?:sk|pk|rk)-[\w-]{8,}|(?:sk|pk|rk|whsec)_\w{8,}|gh[pousr]_\w{8,}|github_pat_\w+|glpat-[\w-]{8,}|(?:AKIA|ASIA)[0-9A-Z]{8,}|AIza[\w-]{16,}|ya29\.[\w.-]+|xox[a-z]-[\w-]+|hf_\w{8,}|npm_\w{8,}|SG\.[\w.-]{8,}|eyJ[\w-]{6,}(?:\.[\w-]*){0,2})",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        TimeoutMs)]
    private static partial Regex Forms();

    // "Bearer" is followed by a token in every case, the other schemes by a word that has a digit.
    [GeneratedRegex("""(?<scheme>\bbearer(?:\s|%20|\\[tnr]|\\u0020)+)[^\s"'\\,;]+""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Bearers();

    [GeneratedRegex("""(?<scheme>\b(?:basic|apikey|api-key|token)(?:\s|%20)+)(?=[^\s"'\\,;]*[0-9=])[^\s"'\\,;]{6,}""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Schemes();

    [GeneratedRegex(
        """(?<name>(?<![\w.-])[\w.-]*(?:api[_ -]?key|access[_ -]?key|private[_ -]?key|signing[_ -]?key|secret|passw(?:or)?d|pwd|passphrase|passcode|token|authorization|credential|session[_-]?id|cookie|signature)[\w-]*(?:\\*["'])?\s*(?:[:=]|\bis\b)\s*)(?:(?<quote>")(?<value>(?:\\.|[^"\\])*)"?|(?<quote>')(?<value>(?:\\.|[^'\\])*)'?|(?<quote>\\+["'])(?<value>(?:(?!\\+["']).)*)(?:\\+["'])?|(?<value>(?!\*{3})[^\s,;&"'\\{}\[\]()<>]+))""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        TimeoutMs)]
    private static partial Regex Assignments();

    [GeneratedRegex("""(?<name>\b(?:(?:set-)?cookie|(?:proxy-)?authorization|x-[\w-]*(?:key|token|secret)[\w-]*)\s*:\s*)[^\s"'\\][^\r\n"'\\]*""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex HeaderLines();

    [GeneratedRegex("""\b[a-z][a-z0-9+.-]{1,20}:(?:\\?/){2}[^\s"'<>]+""", RegexOptions.IgnoreCase, TimeoutMs)]
    private static partial Regex Urls();

    [GeneratedRegex("[A-Za-z0-9+/=_-]{32,}", RegexOptions.None, TimeoutMs)]
    private static partial Regex Blobs();

    [GeneratedRegex(@"[A-Za-z0-9_+=.-]{12,}", RegexOptions.None, TimeoutMs)]
    private static partial Regex Runs();

    [GeneratedRegex(@"^(?:resp|msg|rs|fc|call|file|ws|xs_call|xs|mcp|mcpl|ci|ig|fs|tsc|tso|sh)_[A-Za-z0-9-]+$", RegexOptions.None, TimeoutMs)]
    private static partial Regex KnownIds();

    [GeneratedRegex(@"\\(?:u(?<code>[0-9a-fA-F]{4})|(?<other>[""'\\/]))", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Escapes();

    [GeneratedRegex(@"(?<prefix>[Tt]eam:? |API key ID: )[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Teams();
}
