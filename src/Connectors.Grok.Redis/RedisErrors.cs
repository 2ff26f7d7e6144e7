using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>Classifies Redis errors for retries, and translates them to messages that say what to do.</summary>
internal static class RedisErrors
{
    // How StackExchange.Redis begins its report that a slot was moved to a server that it cannot reach yet.
    private const string ServerUnreachable = "Endpoint ";

    // Answers of servers that did nothing, and may do it later or elsewhere.
    private static readonly string[] Passing = ["MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "LOADING", "READONLY", "BUSY", "NOREPLICAS", "UNBLOCKED", "NOSCRIPT", ServerUnreachable];

    /// <summary>Whether the same call may succeed later.</summary>
    public static bool IsTransient(Exception e) => e switch
    {
        RedisTimeoutException => true,
        RedisConnectionException connection => connection.FailureType is not ConnectionFailureType.AuthenticationFailure,
        RedisServerException => StartsWith(e, Passing),
        RedisCommandException => true,
        _ => false,
    };

    /// <summary>Whether the server may have run the command although its answer was lost.</summary>
    public static bool IsUncertain(Exception e) => e switch
    {
        RedisTimeoutException timeout => IsSent(timeout.Commandstatus),
        RedisConnectionException connection => IsSent(connection.CommandStatus),
        _ => false,
    };

    public static ConversationStoreException NewerVersion(string version, int known) => new(
        $"The conversations in Redis were written by a newer version of this library (format {version}; this version supports {known}). Nothing was changed. Update the package Connectors.Grok.Redis.");

    public static ConversationStoreException Unreadable(InvalidDataException cause) => new($"Redis holds a turn or a name that cannot be read: {cause.Message} Restore it from a backup.", cause);

    /// <summary>The change was made, but not enough replicas confirmed it.</summary>
    public static ConversationStoreException NotReplicated(string reason, Exception? cause = null) => new(
        $"The outcome of the change is unknown: Redis made it, but {reason}. A failover can undo it. Read the stored state before you repeat the change; check the replicas, or lower MinReplicas.", cause)
    {
        IsTransient = true,
    };

    public static ConversationStoreException Explain(Exception e, bool isUncertain) => new($"{Describe(e, isUncertain)} ({e.Message})", e) { IsTransient = isUncertain || IsTransient(e) };

    private static string Describe(Exception e, bool isUncertain) => e switch
    {
        _ when isUncertain => "The connection to Redis broke before the server confirmed the change. The change was made completely or not at all. Read the stored state before you repeat the change.",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "Redis rejected the credentials. Check the user name and password.",
        RedisServerException when StartsWith(e, "WRONGPASS", "NOAUTH") => "Redis rejected the credentials. Check the user name and password.",
        RedisServerException when StartsWith(e, "NOPERM") => "The Redis user lacks a permission. Nothing was changed. Grant the user the commands of strings, hashes, sorted sets and scripts on the keys with the store's prefix.",
        RedisServerException when StartsWith(e, "OOM") => "The Redis server has reached maxmemory. Nothing was changed. Raise it, or delete conversations.",
        RedisServerException when StartsWith(e, "MISCONF") => "The Redis server cannot write to its disk. Nothing was changed. Check the disk of the server.",
        RedisServerException when StartsWith(e, "NOREPLICAS") => "The Redis server has too few replicas (min-replicas-to-write). Nothing was changed. Check the replicas.",
        RedisServerException when StartsWith(e, "CLUSTERDOWN", "MASTERDOWN", "READONLY", "LOADING", "TRYAGAIN", "MOVED", "ASK", ServerUnreachable) => "The Redis Cluster is failing over, starting, or moves slots. Nothing was changed. Try again.",
        RedisTimeoutException => "Redis did not answer in time. Check the servers, or raise asyncTimeout.",
        RedisConnectionException => "Redis cannot be reached, or the connection broke. Nothing was changed. Check the configuration and the servers.",
        _ => "Redis rejected the command. Nothing was changed.",
    };

    private static bool StartsWith(Exception e, params string[] codes) => Array.Exists(codes, c => e.Message.StartsWith(c, StringComparison.Ordinal));

    private static bool IsSent(CommandStatus status) => status is not (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog);
}
