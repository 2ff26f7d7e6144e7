namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Redacts the user information of a URL, and the values of its query and fragment except those of parameters that hold no secret.</summary>
internal static class SecretUrl
{
    /// <summary>The parameters whose values are kept: those of the API's own lists, and those of usual pages.</summary>
    private static readonly string[] Harmless = ["after", "before", "limit", "order", "sort_by", "filter", "format", "include", "include[]", "page", "q", "query", "lang", "hl", "v", "id", "offset", "starting_after", "stream"];

    /// <summary>Redacts a URL.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="isStrict">Whether every value is redacted, as for the address of an MCP server, whose parameters are not known.</param>
    public static string Redact(string url, bool isStrict = false)
    {
        var authority = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = url.IndexOfAny(['/', '?', '#'], authority);
        var user = url.LastIndexOf('@', (end < 0 ? url.Length : end) - 1);
        if (authority >= 2 && user >= authority)
        {
            url = url[..authority] + SecretText.Mask + url[user..];
        }

        return RedactQuery(url, isStrict);
    }

    /// <summary>Redacts the query and the fragment of a path or a URL.</summary>
    public static string RedactQuery(string path, bool isStrict = false)
    {
        var start = path.IndexOfAny(['?', '#']);
        return start < 0 ? path : path[..(start + 1)] + string.Join('&', path[(start + 1)..].Split('&').Select(pair => RedactPair(pair, isStrict)));
    }

    private static string RedactPair(string pair, bool isStrict)
    {
        var value = pair.IndexOf('=', StringComparison.Ordinal) + 1;
        return value switch
        {
            0 when pair.Length < 12 => pair,
            0 => SecretText.Mask,
            _ when !isStrict && Harmless.Contains(Uri.UnescapeDataString(pair[..(value - 1)])) => pair,
            _ => pair[..value] + SecretText.Mask,
        };
    }
}
