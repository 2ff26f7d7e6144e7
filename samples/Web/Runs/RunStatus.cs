namespace Web.Runs;

/// <summary>How far an answer is.</summary>
internal enum RunStatus
{
    /// <summary>It is being made.</summary>
    Running,

    /// <summary>It is whole and kept.</summary>
    Done,

    /// <summary>The visitor stopped it.</summary>
    Stopped,

    /// <summary>It failed.</summary>
    Failed,
}
