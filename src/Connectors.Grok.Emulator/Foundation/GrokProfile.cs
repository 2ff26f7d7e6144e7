namespace Connectors.Grok.Emulator;

/// <summary>Which generation of the API is emulated.</summary>
public enum GrokProfile
{
    /// <summary>What was last observed: kebab error codes, the key set of 2026, no <c>[DONE]</c>.</summary>
    Current,

    /// <summary>
    /// The API as documented and recorded in late 2025: error codes in sentences, one system message that must come first, ids with a
    /// region, fewer keys, bare citations, the old shape of searches, <c>[DONE]</c> at the end of streams.
    /// </summary>
    Docs2025,
}
