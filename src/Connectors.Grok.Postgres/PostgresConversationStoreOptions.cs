namespace Connectors.Grok.Postgres;

/// <summary>The options of a <see cref="PostgresConversationStore"/>.</summary>
public sealed class PostgresConversationStoreOptions
{
    /// <summary>The schema that contains the tables; created when it does not exist. Any PostgreSQL name of at most 63 bytes in UTF-8; it is quoted.</summary>
    /// <value><c>grok</c> by default.</value>
    public string Schema { get; set; } = "grok";

    /// <summary>The maximum number of retries after a serialization failure, a deadlock, a broken connection, or a write that the server rejected as read-only. A retry never stores a turn twice.</summary>
    /// <value>5 by default; the delays grow and add up to about two seconds. 0 disables retries.</value>
    public int MaxRetries { get; set; } = 5;

    /// <summary>
    /// Whether statements are prepared on each connection, which saves the server from planning them for each call. Only for direct
    /// connections: a pooler in transaction mode runs the next call on another connection, which does not have the statement. When the
    /// first connection goes through a pooler, nothing is prepared.
    /// </summary>
    /// <value>False by default. Leave it so for data sources that multiplex.</value>
    public bool Prepare { get; set; }

    /// <summary>The clock for the creation and change times of conversations and for the delays between retries.</summary>
    /// <value>The system clock by default. Synchronise the clocks of nodes that share a database.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
