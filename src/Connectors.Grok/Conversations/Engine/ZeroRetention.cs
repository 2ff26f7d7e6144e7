namespace Connectors.Grok.Conversations.Engine;

/// <summary>Callers for whom the service keeps no responses: a team with zero data retention, a policy of an organisation, or a host without state.</summary>
internal static class ZeroRetention
{
    /// <summary>Whether a rejection says so, of a stored request or of a previous id alike. xAI has no code for it, only these words.</summary>
    public static bool IsMeantBy(GrokException failure) =>
        failure.RefusesState || failure.ServiceMessage?.Contains("Zero Data Retention", StringComparison.OrdinalIgnoreCase) == true;
}
