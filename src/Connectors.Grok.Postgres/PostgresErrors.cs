using System.Net.Sockets;
using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>Classifies PostgreSQL errors for retries, and translates them to messages that say what to do.</summary>
internal static class PostgresErrors
{
    private const string IdleTransactionTimeout = "25P03", TransactionTimeout = "25P04";

    /// <summary>The transaction was rolled back because of a conflict with another transaction.</summary>
    public static bool IsSerializationConflict(NpgsqlException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>A referenced row was deleted at the same time, or a deleted row was referenced at the same time.</summary>
    public static bool IsForeignKeyConflict(NpgsqlException e) => e.SqlState is PostgresErrorCodes.ForeignKeyViolation;

    /// <summary>The connection may not write; nothing was changed.</summary>
    public static bool IsReadOnly(NpgsqlException e) => e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction;

    public static bool IsDuplicate(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UniqueViolation;

    /// <summary>The connection could not be opened, or it broke; in that case the outcome is unknown.</summary>
    public static bool IsBroken(NpgsqlException e) =>
        e.SqlState is { } state
            ? state.StartsWith("57P0", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state == PostgresErrorCodes.TooManyConnections
            : e.InnerException is not TimeoutException && (e.InnerException is IOException or SocketException || e.IsTransient);

    /// <summary>The schema does not exist, or not as this build knows it.</summary>
    public static bool IsMissing(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn;

    public static bool IsDenied(NpgsqlException e) => e.SqlState is PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>An error as the server would report it.</summary>
    public static PostgresException Create(string state, string message) => new(message, "ERROR", "ERROR", state);

    /// <summary>Another node created the same object at the same time.</summary>
    public static bool IsCreatedConcurrently(NpgsqlException e) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateSchema or PostgresErrorCodes.DuplicateObject;

    public static ConversationStoreException NewerSchema(string schema, int version, int known) => new(
        $"The conversations in the schema '{schema}' were written by a newer version of this library (schema version {version}; this version supports {known}). Nothing was changed. Update the package Connectors.Grok.Postgres.");

    public static ConversationStoreException OlderSchema(string schema, int version, int known) => new(
        $"The conversations in the schema '{schema}' have version {version} of the schema, although this process had found or upgraded them to version {known}. Nothing was changed. Call InitializeAsync, or restart the application.");

    public static ConversationStoreException DroppedSchema(string schema) => new(
        $"The schema '{schema}', or a table in it, was dropped. Nothing was changed, and nothing is created in its place. Restore it from a backup, or call InitializeAsync (or restart the application) to begin with an empty one.");

    public static ConversationStoreException Denied(PostgresException cause, string what) => new(
        $"The PostgreSQL user lacks a privilege. Nothing was changed. Grant it as an administrator, then try again. {what} ({cause.Message})", cause);

    public static ConversationStoreException PreparedThroughPooler() => new(
        "The data source prepares statements (Max Auto Prepare), and reaches PostgreSQL through a connection pooler, which may run them on another connection. Nothing was changed. Set Max Auto Prepare=0 in the connection string, or give the store a data source of its own.");

    public static ConversationStoreException Unreadable(InvalidDataException cause) => new($"PostgreSQL holds a turn that cannot be read: {cause.Message} Restore it from a backup.", cause);

    public static ConversationStoreException Explain(NpgsqlException e, bool isUncertain, bool hasManyHosts) => new($"{Describe(e, isUncertain, hasManyHosts)} ({e.Message})", e)
    {
        IsTransient = IsBroken(e) || IsSerializationConflict(e) || IsForeignKeyConflict(e) || IsReadOnly(e) || IsTooSlow(e) || e.IsTransient,
    };

    /// <summary>A statement or the wait for a lock took too long, whoever measured it.</summary>
    private static bool IsTooSlow(NpgsqlException e) => e.InnerException is TimeoutException
        || e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or IdleTransactionTimeout or TransactionTimeout;

    private static string Describe(NpgsqlException e, bool isUncertain, bool hasManyHosts) => e.SqlState switch
    {
        _ when isUncertain => "The connection to PostgreSQL broke before the server confirmed the change. The change was made completely or not at all. Read the stored state before you repeat the change.",
        PostgresErrorCodes.ReadOnlySqlTransaction when hasManyHosts =>
            "PostgreSQL is read-only: the server is a standby, or default_transaction_read_only is on. Nothing was changed. Add Target Session Attributes=read-write to the connection string, so that the store finds the primary among the hosts.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "PostgreSQL is read-only: the server is a standby, or default_transaction_read_only is on. Nothing was changed. Try again when the server accepts writes, or connect to the primary.",
        PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement =>
            "A prepared statement is missing or exists already: a connection pooler ran the statement on another connection. Nothing was changed. Set Prepare = false in the options of the store (the default) and Max Auto Prepare=0 in the connection string.",
        PostgresErrorCodes.TooManyConnections => "PostgreSQL is out of connections. Nothing was changed. Raise max_connections on the server, or lower Maximum Pool Size on the nodes.",
        PostgresErrorCodes.InsufficientPrivilege => "The PostgreSQL user lacks a privilege. Nothing was changed. Grant the user usage and create on the schema, and all on its tables.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "PostgreSQL rejected the credentials. Check the user name and password.",
        PostgresErrorCodes.InvalidCatalogName => "PostgreSQL has no database of that name. Create it, or correct the connection string.",
        PostgresErrorCodes.DiskFull => "The disk of the PostgreSQL server is full. Nothing was changed. Free disk space on the server.",
        PostgresErrorCodes.QueryCanceled => "PostgreSQL cancelled the statement because it ran too long. Nothing was changed. Raise statement_timeout, or try again.",
        PostgresErrorCodes.LockNotAvailable => "PostgreSQL waited too long for a lock that another transaction holds. Nothing was changed. Raise lock_timeout, or try again.",
        IdleTransactionTimeout or TransactionTimeout => "PostgreSQL ended the transaction because it ran too long. Nothing was changed. Try again.",
        _ when IsSerializationConflict(e) || IsForeignKeyConflict(e) => "Conflicts with other transactions exceeded the retries. Nothing was changed. Try again.",
        null when e.InnerException is TimeoutException => "PostgreSQL did not answer in time, or no pooled connection became available. Raise Timeout, Command Timeout or Maximum Pool Size.",
        _ when IsBroken(e) => "PostgreSQL cannot be reached, or the connection broke. Nothing was changed. Check the connection string and the server.",
        _ => "PostgreSQL rejected the statement. Nothing was changed.",
    };
}
