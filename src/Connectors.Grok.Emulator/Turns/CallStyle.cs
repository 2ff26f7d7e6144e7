namespace Connectors.Grok.Emulator;

/// <summary>How the arguments of a function call are streamed; clients must accept every way.</summary>
public enum CallStyle
{
    /// <summary>In one piece, or in many when the request says <c>stream_tool_calls</c>.</summary>
    AsRequested,

    /// <summary>In one piece, as documented.</summary>
    Whole,

    /// <summary>In small pieces.</summary>
    Split,

    /// <summary>Already there when the item is announced; no delta follows.</summary>
    OnAdded,

    /// <summary>No delta at all: only the finished item tells.</summary>
    WithoutDelta,
}
