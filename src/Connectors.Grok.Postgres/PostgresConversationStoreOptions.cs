namespace Connectors.Grok.Postgres;

/// <summary>The options of a <see cref="PostgresConversationStore"/>.</summary>
public sealed class PostgresConversationStoreOptions
{
    /// <summary>The schema that contains the tables; created when it does not exist. Any PostgreSQL name of at most 63 characters; it is quoted.</summary>
    /// <value><c>grok</c> by default.</value>
    public string Schema { get; set; } = "grok";

    /// <summary>The maximum number of retries after a serialization failure, a deadlock or a broken connection. A retry never stores a turn twice.</summary>
    /// <value>5 by default; the delays grow and add up to about two seconds. 0 disables retries.</value>
    public int MaxRetries { get; set; } = 5;

    /// <summary>Whether statements are prepared on each connection.</summary>
    /// <value>True by default. Set it to false for connection poolers and data sources that do not support prepared statements.</value>
    public bool Prepare { get; set; } = true;

    /// <summary>The clock for the creation and change times of conversations and for the delays between retries.</summary>
    /// <value>The system clock by default. Synchronise the clocks of nodes that share a database.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
