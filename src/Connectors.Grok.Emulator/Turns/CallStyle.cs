namespace Connectors.Grok.Emulator;

/// <summary>The way a stream delivers the arguments of a function call. Clients must accept every one.</summary>
public enum CallStyle
{
    /// <summary>In one delta; in small deltas when the request sets <c>stream_tool_calls</c>.</summary>
    AsRequested,

    /// <summary>In one delta, as documented.</summary>
    Whole,

    /// <summary>In small deltas.</summary>
    Split,

    /// <summary>In full in <c>response.output_item.added</c>; no delta follows.</summary>
    OnAdded,

    /// <summary>Only in <c>response.function_call_arguments.done</c> and in the finished item; there is no delta.</summary>
    WithoutDelta,
}
