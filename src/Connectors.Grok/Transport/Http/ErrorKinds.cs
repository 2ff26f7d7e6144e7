namespace Connectors.Grok.Transport.Http;

/// <summary>Classifies an error: by known phrases of its message and code first, then by status, then by code. The service has changed its codes before.</summary>
internal static class ErrorKinds
{
    public static GrokErrorKind FromError(int? status, ErrorBody error)
    {
        var (code, words, _) = error;
        return ByWords($"{code} {error.Type}", words) ?? status switch
        {
            401 => GrokErrorKind.Authentication,
            402 => GrokErrorKind.Quota,
            403 => GrokErrorKind.Permission,
            529 => GrokErrorKind.Overload,
            408 or >= 500 => GrokErrorKind.Server,
            429 => GrokErrorKind.RateLimit,
            >= 400 => GrokErrorKind.InvalidRequest,
            _ => ByCode(code, error.Type, words),
        };
    }

    /// <summary>Classifies by message and code, whatever the status: the service sends the same error under several statuses.</summary>
    private static GrokErrorKind? ByWords(string? code, string? words)
    {
        if (Has(code, "previous_response_not_found") || (Has(words, "Response with id") && Has(words, "not found"))
            || Has(words, "Previous response cannot be used"))
        {
            return GrokErrorKind.UnknownResponse;
        }

        // Azure looks up the ids of reasoning items that are sent back, and may not know them.
        if (Has(words, "encrypted_content") || Has(words, "compaction blob") || (Has(words, "Item with id 'rs_") && Has(words, "not found")))
        {
            return GrokErrorKind.EncryptedContentRejected;
        }

        if (Limit(code, words) is { } limit)
        {
            return limit;
        }

        if (Has(words, "Incorrect API key") || Has(code, "unauthenticated") || Has(code, "authentication") || Has(words, "unauthenticated:"))
        {
            return GrokErrorKind.Authentication;
        }

        if (Has(words, "violates usage guidelines") || Has(code, "content_policy") || Has(code, "content_filter"))
        {
            return GrokErrorKind.ContentPolicy;
        }

        if (Has(words, "Invalid arguments passed to the model"))
        {
            return GrokErrorKind.InvalidRequest;
        }

        return Has(words, "maximum prompt length") || Has(words, "exceeds budget") || Has(code, "context_length")
            ? GrokErrorKind.ContextLength
            : UnknownModel(code, words) ? GrokErrorKind.UnknownModel
            : Has(code, "provider_overloaded") ? GrokErrorKind.Overload : null;
    }

    /// <summary>Tells a quota that is used up from a limit that passes.</summary>
    private static GrokErrorKind? Limit(string? code, string? words)
    {
        // Google's limits per minute have the words of an exhausted quota.
        if (Has(words, "Quota exceeded for") && (Has(words, "per_") || Has(words, "per minute") || Has(code, "RESOURCE_EXHAUSTED")))
        {
            return GrokErrorKind.RateLimit;
        }

        if (Has(code, "exhausted") && Has(code, "usage") || Has(words, "spending-limit") || Has(words, "used all available credits")
            || Has(words, "quota exceeded") || Has(words, "monthly spending limit") || Has(words, "doesn't have any credits")
            || Has(code, "payment_required") || Has(code, "insufficient_quota") || Has(words, "insufficient_quota") || Has(words, "exceeded your current quota"))
        {
            return GrokErrorKind.Quota;
        }

        if (Has(code, "too_many_requests") || Has(code, "rate_limit") || Has(words, "too many requests") || Has(words, "currently at capacity"))
        {
            return GrokErrorKind.RateLimit;
        }

        return null;
    }

    /// <summary>Whether an error says that the service was unavailable, by its status or, without one, by its text.</summary>
    public static bool IsUnavailable(GrokException e) => e.Status is 503
        || (e.Status is null && (Has(e.Code, "unavailable") || Has(e.ServiceMessage, "temporarily unavailable") || Has(e.ServiceMessage, "currently unavailable")));

    private static bool UnknownModel(string? code, string? words) =>
        Has(code, "DeploymentNotFound") || Has(code, "model_not_found") || Has(words, "Publisher model ") || Has(words, "isn't supported on this route")
        || (Has(words, "The requested model ") && Has(words, "does not exist"))
        || (Has(words, "The model ") && (Has(words, "does not exist") || Has(words, "deprecated") || Has(words, "not found")));

    /// <summary>Classifies errors inside a stream, most of which have no status.</summary>
    private static GrokErrorKind ByCode(string? code, string? type, string? words) => code switch
    {
        _ when Has(code, "resource-exhausted") || Has(code, "resource_exhausted") || code == "429" => GrokErrorKind.RateLimit,
        _ when Has(code, "overloaded") || Has(type, "overloaded") || Has(words, "overloaded") => GrokErrorKind.Overload,
        _ when Has(code, "invalid") || Has(code, "not-found") || code == "400" => GrokErrorKind.InvalidRequest,
        _ when Has(code, "permission") => GrokErrorKind.Permission,
        _ => GrokErrorKind.Server,
    };

    private static bool Has(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether a failure is retried.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="withServerErrors">Whether other server errors than an unavailable or overloaded service are retried: the model may have finished before them.</param>
    public static bool IsRetried(GrokException e, bool withServerErrors) => !(e.RetryAfter > RetryDelays.Longest) && e.Kind switch
    {
        GrokErrorKind.RateLimit or GrokErrorKind.Overload or GrokErrorKind.Connection => e.IsTransient,
        // 525 and 526 are broken certificates between the edge and the service: no retry fixes them.
        GrokErrorKind.Server => e.AllowsRetry && (IsUnavailable(e) || (withServerErrors && e.Status is null or (>= 500 and not (501 or 505 or 525 or 526)))),
        _ => false,
    };
}
