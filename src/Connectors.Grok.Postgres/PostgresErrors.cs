using System.Net.Sockets;
using Connectors.Grok.Conversations;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>What PostgreSQL's states mean: to the call that may be made again, and to the person who has to do something about it.</summary>
internal static class PostgresErrors
{
    /// <summary>The transaction was rolled back because of another one's doings.</summary>
    public static bool IsCollision(NpgsqlException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>A row that was referred to went away, or one that went away is referred to, at the same time.</summary>
    public static bool IsTorn(NpgsqlException e) => e.SqlState is PostgresErrorCodes.ForeignKeyViolation;

    public static bool IsDuplicate(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UniqueViolation;

    /// <summary>There is no connection, or none any more: whether the server did what it was asked to is not known.</summary>
    public static bool IsBroken(NpgsqlException e) =>
        e.SqlState is { } state
            ? state.StartsWith("57P0", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state == PostgresErrorCodes.TooManyConnections
            : e.InnerException is not TimeoutException && (e.InnerException is IOException or SocketException || e.IsTransient);

    /// <summary>The schema is not there yet, or another node is making it right now.</summary>
    public static bool IsMissing(NpgsqlException e) => e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName;

    public static bool IsMadeElsewhere(NpgsqlException e) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateSchema or PostgresErrorCodes.DuplicateObject;

    public static ConversationStoreException Newer(string schema, int version, int known) => new(
        $"The conversations in the schema '{schema}' were written by a newer version of this library (schema version {version}, this one knows {known}). Update the package Connectors.Grok.Postgres; nothing was changed.");

    public static ConversationStoreException Explain(NpgsqlException e, bool isUncertain) => new($"{Words(e, isUncertain)} ({e.Message})", e)
    {
        IsTransient = IsBroken(e) || IsCollision(e) || IsTorn(e) || e.InnerException is TimeoutException || e.IsTransient || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction,
    };

    private static string Words(NpgsqlException e, bool isUncertain) => e.SqlState switch
    {
        _ when isUncertain => "The connection to PostgreSQL broke before the server confirmed: the change happened whole or not at all. Ask again what is stored before making it once more.",
        PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL is read-only: a standby, or set so. Nothing was changed; connect to the primary (Target Session Attributes=primary).",
        PostgresErrorCodes.TooManyConnections => "PostgreSQL is out of connections. Nothing was changed; raise its max_connections, or lower Maximum Pool Size on the nodes.",
        PostgresErrorCodes.InsufficientPrivilege => "PostgreSQL does not let this user do that. Nothing was changed; grant it usage and create on the schema, and all on its tables.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "PostgreSQL does not accept these credentials.",
        PostgresErrorCodes.InvalidCatalogName => "PostgreSQL has no database of that name. Create it, or correct the connection string.",
        PostgresErrorCodes.DiskFull => "PostgreSQL's disk is full. Nothing was changed.",
        PostgresErrorCodes.QueryCanceled => "PostgreSQL ended the statement, because it ran for too long. Nothing was changed.",
        _ when IsCollision(e) || IsTorn(e) => "Other transactions kept interfering. Nothing was changed; try again.",
        null when e.InnerException is TimeoutException => "PostgreSQL did not answer in time, or no connection of the pool became free. Raise Timeout, Command Timeout or Maximum Pool Size.",
        _ when IsBroken(e) => "PostgreSQL cannot be reached, or the connection to it broke. Nothing was changed.",
        _ => "PostgreSQL refused. Nothing was changed.",
    };
}
