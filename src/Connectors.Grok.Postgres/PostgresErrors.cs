using System.Net.Sockets;
using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Classifies PostgreSQL errors for retries, and translates them to messages that say what to do.</summary>
internal static class PostgresErrors
{
    /// <summary>The transaction was rolled back because of a conflict with another transaction.</summary>
    public static bool IsSerializationConflict(NpgsqlException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>A referenced row was deleted at the same time, or a deleted row was referenced at the same time.</summary>
    public static bool IsForeignKeyConflict(NpgsqlException e) => e.SqlState is PostgresErrorCodes.ForeignKeyViolation;

    public static bool IsDuplicate(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UniqueViolation;

    /// <summary>The connection could not be opened, or it broke; in that case the outcome is unknown.</summary>
    public static bool IsBroken(NpgsqlException e) =>
        e.SqlState is { } state
            ? state.StartsWith("57P0", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state == PostgresErrorCodes.TooManyConnections
            : e.InnerException is not TimeoutException && (e.InnerException is IOException or SocketException || e.IsTransient);

    /// <summary>The schema does not exist yet, or another node is creating it.</summary>
    public static bool IsMissing(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName;

    /// <summary>Another node created the same object at the same time.</summary>
    public static bool IsCreatedConcurrently(NpgsqlException e) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateSchema or PostgresErrorCodes.DuplicateObject;

    public static ConversationStoreException NewerSchema(string schema, int version, int known) => new(
        $"The conversations in the schema '{schema}' were written by a newer version of this library (schema version {version}; this version supports {known}). Nothing was changed. Update the package Connectors.Grok.Postgres.");

    public static ConversationStoreException Unreadable(InvalidDataException cause) => new($"PostgreSQL holds a turn that cannot be read: {cause.Message} Restore it from a backup.", cause);

    public static ConversationStoreException Explain(NpgsqlException e, bool isUncertain) => new($"{Describe(e, isUncertain)} ({e.Message})", e)
    {
        IsTransient = IsBroken(e) || IsSerializationConflict(e) || IsForeignKeyConflict(e) || e.InnerException is TimeoutException || e.IsTransient || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction,
    };

    private static string Describe(NpgsqlException e, bool isUncertain) => e.SqlState switch
    {
        _ when isUncertain => "The connection to PostgreSQL broke before the server confirmed the change. The change was made completely or not at all. Read the stored state before you repeat the change.",
        PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL is read-only: the server is a standby, or configured as read-only. Nothing was changed. Connect to the primary (Target Session Attributes=primary).",
        PostgresErrorCodes.TooManyConnections => "PostgreSQL is out of connections. Nothing was changed. Raise max_connections on the server, or lower Maximum Pool Size on the nodes.",
        PostgresErrorCodes.InsufficientPrivilege => "The PostgreSQL user lacks a privilege. Nothing was changed. Grant the user usage and create on the schema, and all on its tables.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "PostgreSQL rejected the credentials. Check the user name and password.",
        PostgresErrorCodes.InvalidCatalogName => "PostgreSQL has no database of that name. Create it, or correct the connection string.",
        PostgresErrorCodes.DiskFull => "The disk of the PostgreSQL server is full. Nothing was changed. Free disk space on the server.",
        PostgresErrorCodes.QueryCanceled => "PostgreSQL cancelled the statement because it ran too long. Nothing was changed. Raise statement_timeout, or try again.",
        _ when IsSerializationConflict(e) || IsForeignKeyConflict(e) => "Conflicts with other transactions exceeded the retries. Nothing was changed. Try again.",
        null when e.InnerException is TimeoutException => "PostgreSQL did not answer in time, or no pooled connection became available. Raise Timeout, Command Timeout or Maximum Pool Size.",
        _ when IsBroken(e) => "PostgreSQL cannot be reached, or the connection broke. Nothing was changed. Check the connection string and the server.",
        _ => "PostgreSQL rejected the statement. Nothing was changed.",
    };
}
