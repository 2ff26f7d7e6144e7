namespace Connectors.Grok.Sqlite;

/// <summary>The options of a <see cref="SqliteConversationStore"/>.</summary>
public sealed class SqliteConversationStoreOptions
{
    /// <summary>How long a call waits while another process writes to the file.</summary>
    /// <value>5 seconds by default; from 1 millisecond to 1 hour. No thread is blocked meanwhile, and calls that wait at the same time fail at the same time. After that the call throws a <see cref="Connectors.Grok.Conversations.ConversationStoreException"/> and changes nothing.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The permissions of files that the store creates: the database, its write-ahead log, and the copy before an upgrade (which no more users
    /// may read than the database itself). Files that exist keep their mode. Ignored on Windows.
    /// </summary>
    /// <value>Read and write for the owner only by default. Null for the process's umask. To share the file with processes of a group: add <see cref="UnixFileMode.GroupRead"/> and <see cref="UnixFileMode.GroupWrite"/>.</value>
    public UnixFileMode? UnixCreateMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The clock for the creation and change times of conversations.</summary>
    /// <value>The system clock by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
