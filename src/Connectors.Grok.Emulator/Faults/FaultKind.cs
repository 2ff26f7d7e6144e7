namespace Connectors.Grok.Emulator.Faults;

internal enum FaultKind
{
    /// <summary>The response is valid; only headers, encoding or framing may differ.</summary>
    None,
    Status,
    ErrorFirst,
    UntypedError,
    NestedError,
    Cut,
    End,
    Stall,
    EmptyFinalOutput,
    Failed,
    ErrorObject,

    /// <summary>A stream request is answered with JSON.</summary>
    JsonAnswer,
    ErrorEvent,
    Pings,
}
