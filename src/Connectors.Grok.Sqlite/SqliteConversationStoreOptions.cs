namespace Connectors.Grok.Sqlite;

/// <summary>How a <see cref="SqliteConversationStore"/> behaves.</summary>
public sealed class SqliteConversationStoreOptions
{
    /// <summary>How long a call waits for another process that is writing to the file.</summary>
    /// <value>5 seconds; less than one counts as one. After that the call throws, and nothing was changed.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the times of names come from.</summary>
    /// <value>The system's clock.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
