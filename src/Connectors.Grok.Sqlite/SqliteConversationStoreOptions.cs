namespace Connectors.Grok.Sqlite;

/// <summary>The options of a <see cref="SqliteConversationStore"/>.</summary>
public sealed class SqliteConversationStoreOptions
{
    /// <summary>How long a call waits while another process writes to the file.</summary>
    /// <value>5 seconds by default; from 1 millisecond to 1 hour. After that the call throws a <see cref="Connectors.Grok.Conversations.ConversationStoreException"/> and changes nothing.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock for the creation and change times of conversations.</summary>
    /// <value>The system clock by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
