namespace Connectors.Grok.Emulator;

/// <summary>The generation of the API to emulate.</summary>
public enum GrokProfile
{
    /// <summary>The API of 2026: error codes in kebab case, the response members of 2026, no <c>[DONE]</c>.</summary>
    Current,

    /// <summary>
    /// The API as documented and recorded in late 2025: sentences as error codes, at most one system message and only as the first message,
    /// ids with a region, fewer response members, citations without positions, the older shape of searches, <c>[DONE]</c> at the end of streams.
    /// </summary>
    Docs2025,
}
