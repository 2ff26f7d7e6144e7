namespace Connectors.Grok.Postgres;

/// <summary>How a <see cref="PostgresConversationStore"/> behaves.</summary>
public sealed class PostgresConversationStoreOptions
{
    /// <summary>The schema that holds the tables, made when it is not there. Any name PostgreSQL takes, quoted as it stands.</summary>
    /// <value><c>grok</c>.</value>
    public string Schema { get; set; } = "grok";

    /// <summary>
    /// How often a call is made again after a serialization failure, a deadlock or a broken connection. A turn is never added twice by that.
    /// </summary>
    /// <value>5, with growing pauses: at most about two seconds in all.</value>
    public int MaxRetries { get; set; } = 5;

    /// <summary>Whether statements are prepared on each connection.</summary>
    /// <value>True. False for poolers and data sources that cannot keep prepared statements.</value>
    public bool Prepare { get; set; } = true;

    /// <summary>Where the times of names come from, and the pauses between attempts.</summary>
    /// <value>The system's clock. Nodes that share a database should have theirs synchronised.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
