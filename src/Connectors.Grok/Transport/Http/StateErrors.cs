namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Recognises rejections that concern stored responses by their structure, because each host has its own sentence: by the status, the member that the error names, and the id or the
/// member's name in the words.
/// </summary>
internal static class StateErrors
{
    private const string Member = "previous_response_id";

    private static readonly string[] Absent =
    [
        "not found", "not_found", "not exist", "n't exist", "expired", "no response", "no such", "unknown", "no longer", "not find", "n't find", "was deleted", "is invalid", "not available", "not valid",
    ];

    private static readonly string[] Unsupported =
        ["not supported", "unsupported", "n't support", "not support", "stateless", "not allowed", "disabled", "not enabled", "not permitted", "must be null", "must be false", "must not be"];

    // Words of errors about two members that exclude each other, which say nothing about either alone.
    private static readonly string[] Combinations = ["together", "instructions", "combin", "both ", "with previous_response_id", "when previous_response_id"];

    // Words of errors about an address, a model or a deployment.
    private static readonly string[] OtherThings = ["url", "uri", "path", "route", "endpoint", "model", "deployment", "method"];

    /// <summary>Classifies an error.</summary>
    /// <param name="status">The HTTP status; null for an error inside an answer.</param>
    /// <param name="error">The error.</param>
    /// <param name="stored">The stored response that the request names; null for none.</param>
    /// <param name="isJson">Whether the body was JSON.</param>
    /// <returns>The kind, if the structure tells it, and whether the service keeps no responses for the caller; null for an error of another sort.</returns>
    public static (GrokErrorKind? Kind, bool RefusesState)? Find(int? status, ErrorBody error, StoredReference? stored, bool isJson)
    {
        if (status is not (null or 400 or 403 or 404 or 409 or 410 or 422) || error.Message is not { Length: > 0 } words)
        {
            return null;
        }

        if (Has(words, "Zero Data Retention"))
        {
            return (null, true);
        }

        if (RefusesState(status, error, words) is { } kind)
        {
            return (kind, true);
        }

        return stored is not null && isJson && status is null or 400 or 404 or 410 or 422 && IsUnknown(status, error, words, stored!) ? (GrokErrorKind.UnknownResponse, false) : null;
    }

    private static GrokErrorKind? RefusesState(int? status, ErrorBody error, string words)
    {
        var isAllowed = status != 403;
        if (Has(words, "stateful_responses_api") || (Has(words, "Organization Policy") && Has(words, "allowedPartnerModelFeatures")))
        {
            return isAllowed ? GrokErrorKind.InvalidRequest : GrokErrorKind.Permission;
        }

        if ((!HasAny(words, Unsupported) && !Has(error.Code, "unsupported")) || HasAny(words, Combinations))
        {
            return null;
        }

        return error.Parameter == Member || Has(words, Member) ? GrokErrorKind.UnknownResponse
            : error.Parameter == "store" || Quoted(words, "store") ? isAllowed ? GrokErrorKind.InvalidRequest : GrokErrorKind.Permission
            : null;
    }

    private static bool IsUnknown(int? status, ErrorBody error, string words, StoredReference stored)
    {
        if (HasId(words, stored.Id) && HasAny(words, Absent))
        {
            return true;
        }

        if (stored.IsRoute)
        {
            return status is 404 or 410 && SpeaksOfResponse(words) && HasAny(words, Absent) && !HasAny(words, OtherThings);
        }

        return error.Parameter == Member
            || (Has(words, Member) && HasAny(words, Absent))
            || (status is 404 or 410 && (SpeaksOfResponse(words) || IsNotFound(error.Code) || IsNotFound(error.Type)) && !HasAny(words, OtherThings) && !Has(error.Code, "model") && !Has(error.Code, "deployment"));
    }

    /// <summary>Whether the words hold the id outside of a path: an error about a route repeats its path.</summary>
    private static bool HasId(string words, string id)
    {
        for (var at = words.IndexOf(id, StringComparison.Ordinal); at >= 0; at = words.IndexOf(id, at + 1, StringComparison.Ordinal))
        {
            if (at == 0 || words[at - 1] != '/')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the word "response" occurs, not as part of a path or of another word.</summary>
    private static bool SpeaksOfResponse(string words)
    {
        const string Word = "response";
        for (var at = words.IndexOf(Word, StringComparison.OrdinalIgnoreCase); at >= 0; at = words.IndexOf(Word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + Word.Length;
            if ((at == 0 || !(char.IsAsciiLetterOrDigit(words[at - 1]) || words[at - 1] is '/' or '_')) && (end == words.Length || !(char.IsAsciiLetterOrDigit(words[end]) || words[end] is '/' or '_')))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNotFound(string? code) => Has(code, "not_found") || Has(code, "not-found") || Has(code, "notfound");

    /// <summary>Whether the words name a member in quotes or before a value.</summary>
    private static bool Quoted(string words, string member) =>
        Has(words, $"'{member}'") || Has(words, $"\"{member}\"") || Has(words, $"`{member}`") || Has(words, $"{member}: true") || Has(words, $"{member}=true");

    private static bool HasAny(string words, string[] parts) => Array.Exists(parts, part => Has(words, part));

    private static bool Has(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
}
