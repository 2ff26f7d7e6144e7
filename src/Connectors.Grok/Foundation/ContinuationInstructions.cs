namespace Connectors.Grok;

/// <summary>When <c>ChatOptions.Instructions</c> are sent again with a continued conversation. The first turn always sends them, as its first system message.</summary>
/// <remarks>Agents repeat their instructions with every call, and the service stores those of the first turn with the conversation.</remarks>
public enum ContinuationInstructions
{
    /// <summary>When they differ from those in force, or when those are unknown: as a system message before the new messages. From then on they are in force.</summary>
    WhenChanged,

    /// <summary>Never: those of the first turn stay in force.</summary>
    Never,

    /// <summary>With every call, as a system message before the new messages.</summary>
    Always,

    /// <summary>Never: when they differ from those in force, or when those are unknown, an <see cref="InvalidOperationException"/> is thrown before anything is sent.</summary>
    Throw,

    /// <summary>When they differ from those in force, the whole history is sent under the new instructions. For conversation clients, which keep a history.</summary>
    Restart,
}
