using System.Text;
using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;

namespace Connectors.Grok.Postgres;

/// <summary>Maps turns and conversations to rows and back.</summary>
internal static class TurnRow
{
    public static NpgsqlParameter Key(byte[]? value) => new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Number(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Ticks(DateTimeOffset? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value is { } time ? time.UtcTicks : DBNull.Value };

    public static NpgsqlParameter Texts(IReadOnlyList<string> values) => new NpgsqlParameter<string[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Keys(IEnumerable<byte[]?> values) => Array(NpgsqlDbType.Bytea, values);

    /// <summary>The columns of <see cref="PostgresSql.ImportTurns"/>, from the key on.</summary>
    public static NpgsqlParameter[] ToColumns(IReadOnlyCollection<ConversationTurn> turns, string tenant) =>
    [
        Keys(turns.Select(t => RowKey.Create(tenant, t.Id))),
        Keys(turns.Select(t => RowKey.CreateOptional(tenant, t.ParentId))),
        Array(NpgsqlDbType.Text, turns.Select(static t => t.Id)),
        Array(NpgsqlDbType.Integer, turns.Select(static t => t.Depth)),
        Array(NpgsqlDbType.Smallint, turns.Select(static t => (short)t.Kind)),
        Array(NpgsqlDbType.Text, turns.Select(static t => t.Fingerprint)),
        Array(NpgsqlDbType.Text, turns.Select(static t => t.AnswerFingerprint)),
        Array(NpgsqlDbType.Bigint, turns.Select(static t => t.CreatedAt.UtcTicks)),
        Array(NpgsqlDbType.Bigint, turns.Select(static t => t.InputTokens)),
        Array(NpgsqlDbType.Bigint, turns.Select(static t => t.OutputTokens)),
        Array(NpgsqlDbType.Bigint, turns.Select(static t => t.CostInUsdTicks)),
        Array(NpgsqlDbType.Text, turns.Select(static t => Encoding.UTF8.GetString(ConversationTurnJson.Write(t)))),
        Array(NpgsqlDbType.Bytea, turns.Select(static t => t.Content.ToArray())),
    ];

    private static NpgsqlParameter Array<T>(NpgsqlDbType element, IEnumerable<T> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | element, Value = values.ToArray() };

    /// <summary>The number of parameters that <see cref="ToParameters"/> returns.</summary>
    public const int ColumnCount = 12;

    /// <summary>The parameters of an insert, in the order of the columns from <c>parent</c>.</summary>
    public static NpgsqlParameter[] ToParameters(ConversationTurn turn, string tenant) =>
    [
        Key(RowKey.CreateOptional(tenant, turn.ParentId)),
        Text(turn.Id),
        new NpgsqlParameter<int> { TypedValue = turn.Depth },
        .. ToChangeable(turn),
    ];

    /// <summary>The columns that <see cref="PostgresSql.Replace"/> writes.</summary>
    public static NpgsqlParameter[] ToChangeable(ConversationTurn turn) =>
    [
        new NpgsqlParameter<short> { TypedValue = (short)turn.Kind },
        Text(turn.Fingerprint),
        Text(turn.AnswerFingerprint),
        Ticks(turn.CreatedAt),
        new NpgsqlParameter<long> { TypedValue = turn.InputTokens },
        new NpgsqlParameter<long> { TypedValue = turn.OutputTokens },
        new NpgsqlParameter<long> { TypedValue = turn.CostInUsdTicks },
        new() { NpgsqlDbType = NpgsqlDbType.Text, Value = ConversationTurnJson.Write(turn) },
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = turn.Content },
    ];

    public static ConversationTurn ToTurn(NpgsqlDataReader row) => ToTurn(row, 0);

    /// <summary>The turn whose document and content are in the two columns from <paramref name="column"/> on.</summary>
    /// <exception cref="InvalidDataException">The document is not the JSON of a turn.</exception>
    public static ConversationTurn ToTurn(NpgsqlDataReader row, int column) =>
        ConversationTurnJson.Read(row.GetFieldValue<byte[]>(column), row.GetFieldValue<byte[]>(column + 1));

    /// <summary>A row of <see cref="PostgresSql.LookUp"/>.</summary>
    public static ConversationLookup ToLookup(NpgsqlDataReader row) => new() { Info = ToInfo(row), Head = ToTurnOrNull(row, 6) };

    /// <summary>A row of <see cref="PostgresSql.LookUpHistory"/>.</summary>
    public static ConversationLookup ToLookupWithMatch(NpgsqlDataReader row) => ToLookup(row) with { Match = ToTurnOrNull(row, 8), HoldsAnswer = row.GetBoolean(10) };

    public static ConversationInfo ToInfo(NpgsqlDataReader row) =>
        new(new(row.GetString(0), row.GetString(1)), ReadText(row, 2), ReadTime(row, 3), ReadTime(row, 4)) { Title = ReadText(row, 5) };

    /// <summary>A row of <see cref="PostgresSql.Usage"/>.</summary>
    public static (bool IsOwn, ConversationTotals Totals) ToTotals(NpgsqlDataReader row) => (
        row.GetBoolean(0),
        new()
        {
            TurnCount = (int)row.GetInt64(1),
            InputTokens = row.GetInt64(2),
            OutputTokens = row.GetInt64(3),
            CostInUsdTicks = row.GetInt64(4),
            CachedInputTokens = row.GetInt64(5),
            CacheSavingsInUsdTicks = row.IsDBNull(6) ? null : row.GetInt64(6),
        });

    private static ConversationTurn? ToTurnOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : ToTurn(row, column);

    private static string? ReadText(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset ReadTime(NpgsqlDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);
}
