using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Caching;

/// <summary>What a client does for the service's prompt cache: gives a request its key, and reports a history that no longer begins as before.</summary>
/// <param name="settings">The settings of the client.</param>
internal sealed class PromptCache(GrokSettings settings)
{
    private readonly PromptCacheKeys? _keys = PromptCacheKeys.Create(settings);
    private readonly ResponseMemory _byResponse = new();
    private readonly CacheGuardian _guardian = new(settings.Logger);

    /// <summary>Prepares a request.</summary>
    /// <param name="request">The request; its own key stays.</param>
    /// <param name="tenant">The tenant of the call; null for none.</param>
    /// <param name="use">What <see cref="Remember"/> needs.</param>
    /// <returns>The request that is sent.</returns>
    public CreateResponseRequest Prepare(CreateResponseRequest request, string? tenant, out CacheUse use)
    {
        var derived = request.PromptCacheKey is not null || _keys is null ? null
            : request.PreviousResponseId is { } previous ? _byResponse.Find(previous) ?? _keys.ForResponse(previous)
            : _keys.ForBeginning(request, tenant);
        var prepared = derived is { } key ? request with { PromptCacheKey = PromptCacheKeys.Format(key) } : request;
        use = new(derived, _guardian.Check(prepared));
        return prepared;
    }

    /// <summary>Keeps the key for the requests that continue a stored response.</summary>
    public void Remember(string responseId, in CacheUse use)
    {
        if (use.Key is { } key)
        {
            _byResponse.Add(responseId, key);
        }
    }
}

/// <summary>A request's share in the prompt cache.</summary>
/// <param name="Key">The key that was derived for it; null when it has its own or none.</param>
/// <param name="History">Its history, where the answer must be noted on it; null when nobody watches.</param>
internal readonly record struct CacheUse(UInt128? Key, SentHistory? History);
