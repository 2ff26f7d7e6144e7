namespace Connectors.Grok.Transport.Http;

/// <summary>The stored response that a request names.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsRoute">Whether the id is part of the route, rather than the <c>previous_response_id</c> of a new response.</param>
internal sealed record StoredReference(string Id, bool IsRoute)
{
    /// <summary>Gets the reference of a new response; null when it continues none.</summary>
    public static StoredReference? ToContinue(string? previousId) => string.IsNullOrEmpty(previousId) ? null : new(previousId, IsRoute: false);
}
