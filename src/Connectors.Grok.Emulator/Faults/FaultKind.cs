namespace Connectors.Grok.Emulator.Faults;

internal enum FaultKind
{
    /// <summary>The answer is well; only the way it is sent is odd.</summary>
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
}
