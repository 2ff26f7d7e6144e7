using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;

namespace Connectors.Grok.Postgres;

/// <summary>Maps turns and conversations to rows and back.</summary>
internal static class TurnRow
{
    public static NpgsqlParameter Key(byte[]? value) => new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Ticks(DateTimeOffset? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value is { } time ? time.UtcTicks : DBNull.Value };

    /// <summary>The parameters of an insert, in the order of the columns from <c>parent</c>.</summary>
    public static NpgsqlParameter[] ToParameters(ConversationTurn turn, string tenant) =>
    [
        Key(RowKey.CreateOptional(tenant, turn.ParentId)),
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
        ParentId = ReadText(row, 1),
        Depth = row.GetInt32(2),
        ResponseId = ReadText(row, 3),
        StoredResponseIds = row.GetFieldValue<string[]>(4),
        IsStored = row.GetBoolean(5),
        IsRebuilt = row.GetBoolean(6),
        Model = ReadText(row, 7),
        CreatedAt = ReadTime(row, 8),
        ExpiresAt = row.IsDBNull(9) ? null : ReadTime(row, 9),
        InstructionsHash = ReadText(row, 10),
        InputTokens = row.GetInt64(11),
        OutputTokens = row.GetInt64(12),
        CostInUsdTicks = row.GetInt64(13),
        TotalCostInUsdTicks = row.GetInt64(14),
        Content = row.GetFieldValue<byte[]>(15),
    };

    public static ConversationInfo ToInfo(NpgsqlDataReader row) =>
        new(new(row.GetString(0), row.GetString(1)), ReadText(row, 2), ReadTime(row, 3), ReadTime(row, 4));

    /// <summary>A row of <see cref="PostgresSql.Usage"/>.</summary>
    public static (bool IsOwn, ConversationTotals Totals) ToTotals(NpgsqlDataReader row) => (
        row.GetBoolean(0),
        new() { TurnCount = (int)row.GetInt64(1), InputTokens = row.GetInt64(2), OutputTokens = row.GetInt64(3), CostInUsdTicks = row.GetInt64(4) });

    private static string? ReadText(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset ReadTime(NpgsqlDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);
}
