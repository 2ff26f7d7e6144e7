namespace Connectors.Grok.Redis;

/// <summary>The options of a <see cref="RedisConversationStore"/>.</summary>
public sealed class RedisConversationStoreOptions
{
    /// <summary>What the name of every key begins with. Must not contain braces, which would change the slots of keys.</summary>
    /// <value><c>grok:</c> by default.</value>
    public string KeyPrefix { get; set; } = "grok:";

    /// <summary>
    /// The number of replicas that must confirm a change before the call returns. When fewer confirm it within <see cref="ReplicaTimeout"/>, the
    /// call throws a <see cref="Conversations.ConversationStoreException"/> that says that the outcome is unknown: the change was made, and a
    /// failover can undo it.
    /// </summary>
    /// <value>0 by default: a failover can lose changes that were made shortly before it. The store waits on a connection of its own.</value>
    public int MinReplicas { get; set; }

    /// <summary>How long a call waits for <see cref="MinReplicas"/>.</summary>
    /// <value>5 seconds by default; at least one millisecond.</value>
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call is retried while the cluster fails over, a server loads its data, or connections break. A retry never stores a turn twice.</summary>
    /// <value>30 seconds by default, which is longer than a failover with the default <c>cluster-node-timeout</c>. Zero disables retries.</value>
    public TimeSpan RetryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock for the creation and change times of conversations and for the delays between retries.</summary>
    /// <value>The system clock by default. Synchronise the clocks of nodes that share a cluster.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
