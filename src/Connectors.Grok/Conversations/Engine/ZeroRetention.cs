namespace Connectors.Grok.Conversations.Engine;

/// <summary>Teams for which the service keeps nothing.</summary>
internal static class ZeroRetention
{
    /// <summary>Whether a refusal says so. The service has no code for it, only these words: for a stored request and for a previous id alike.</summary>
    public static bool IsMeantBy(GrokException failure) =>
        failure.ServiceMessage?.Contains("Zero Data Retention", StringComparison.OrdinalIgnoreCase) == true;
}
