namespace Web.Runs;

/// <summary>The status of an answer.</summary>
internal enum RunStatus
{
    /// <summary>The answer is running.</summary>
    Running,

    /// <summary>The answer is complete and stored.</summary>
    Done,

    /// <summary>The visitor stopped the answer.</summary>
    Stopped,

    /// <summary>The answer failed.</summary>
    Failed,
}
