using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;

namespace Connectors.Grok.Postgres;

/// <summary>A turn as a row, there and back.</summary>
internal static class TurnRow
{
    public static NpgsqlParameter Key(byte[]? value) => new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Ticks(DateTimeOffset? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value is { } moment ? moment.UtcTicks : DBNull.Value };

    /// <summary>The columns of a turn from the parent on, as the statements count them.</summary>
    public static NpgsqlParameter[] ToParameters(ConversationTurn turn, string tenant) =>
    [
        Key(RowKey.OfOptional(tenant, turn.ParentId)),
        Text(turn.Id),
        Text(turn.ParentId),
        new NpgsqlParameter<int> { TypedValue = turn.Depth },
        Text(turn.ResponseId),
        new NpgsqlParameter<string[]> { TypedValue = [.. turn.StoredResponseIds] },
        new NpgsqlParameter<bool> { TypedValue = turn.IsStored },
        new NpgsqlParameter<bool> { TypedValue = turn.IsRebuilt },
        Text(turn.Model),
        Ticks(turn.CreatedAt),
        Ticks(turn.ExpiresAt),
        Text(turn.InstructionsHash),
        new NpgsqlParameter<long> { TypedValue = turn.InputTokens },
        new NpgsqlParameter<long> { TypedValue = turn.OutputTokens },
        new NpgsqlParameter<long> { TypedValue = turn.CostInUsdTicks },
        new NpgsqlParameter<long> { TypedValue = turn.TotalCostInUsdTicks },
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = turn.Content },
    ];

    public static ConversationTurn ToTurn(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        ParentId = TextOrNull(row, 1),
        Depth = row.GetInt32(2),
        ResponseId = TextOrNull(row, 3),
        StoredResponseIds = row.GetFieldValue<string[]>(4),
        IsStored = row.GetBoolean(5),
        IsRebuilt = row.GetBoolean(6),
        Model = TextOrNull(row, 7),
        CreatedAt = Moment(row, 8),
        ExpiresAt = row.IsDBNull(9) ? null : Moment(row, 9),
        InstructionsHash = TextOrNull(row, 10),
        InputTokens = row.GetInt64(11),
        OutputTokens = row.GetInt64(12),
        CostInUsdTicks = row.GetInt64(13),
        TotalCostInUsdTicks = row.GetInt64(14),
        Content = row.GetFieldValue<byte[]>(15),
    };

    public static ConversationInfo ToInfo(NpgsqlDataReader row) =>
        new(new(row.GetString(0), row.GetString(1)), TextOrNull(row, 2), Moment(row, 3), Moment(row, 4));

    /// <summary>A row of <see cref="PostgresSql.Usage"/>.</summary>
    public static (bool IsOwn, ConversationTotals Totals) ToTotals(NpgsqlDataReader row) => (
        row.GetBoolean(0),
        new() { TurnCount = (int)row.GetInt64(1), InputTokens = row.GetInt64(2), OutputTokens = row.GetInt64(3), CostInUsdTicks = row.GetInt64(4) });

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Moment(NpgsqlDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);
}
