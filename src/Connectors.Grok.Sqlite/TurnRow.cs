using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Maps turns and conversations to rows and back.</summary>
internal static class TurnRow
{
    /// <summary>The columns of a turn that <see cref="Sql.Append"/> and <see cref="Sql.Replace"/> write, with the row that they look for.</summary>
    public static (string Name, object? Value)[] ToParameters(ConversationTurn turn, string tenant, params ReadOnlySpan<(string Name, object? Value)> more) =>
    [
        ("@tenant", tenant),
        ("@id", turn.Id),
        ("@kind", (int)turn.Kind),
        ("@fingerprint", turn.Fingerprint),
        ("@answer_fingerprint", turn.AnswerFingerprint),
        ("@created", turn.CreatedAt.UtcTicks),
        ("@input_tokens", turn.InputTokens),
        ("@output_tokens", turn.OutputTokens),
        ("@cost", turn.CostInUsdTicks),
        ("@document", Encoding.UTF8.GetString(ConversationTurnJson.Write(turn))),
        ("@content", ToExactArray(turn.Content)),
        .. more,
    ];

    public static string ToJson(IReadOnlyList<string> texts) => JsonSerializer.Serialize([.. texts], RowJsonContext.Default.StringArray);

    /// <summary>The turn whose document and content are in the two columns from <paramref name="column"/> on.</summary>
    /// <exception cref="InvalidDataException">The document is not the JSON of a turn.</exception>
    public static ConversationTurn ToTurn(SqliteDataReader row, int column = 0) =>
        ConversationTurnJson.Read(row.GetFieldValue<byte[]>(column), row.GetFieldValue<byte[]>(column + 1));

    public static ConversationTurn? ToTurnOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : ToTurn(row, column);

    public static ConversationInfo ToInfo(SqliteDataReader row) =>
        new(new(row.GetString(0), row.GetString(1)), ReadText(row, 2), ReadTime(row, 3), ReadTime(row, 4)) { Title = ReadText(row, 5) };

    /// <summary>Reads all rows of <see cref="Sql.Usage"/> and disposes the reader.</summary>
    public static ConversationUsage ToUsage(SqliteDataReader rows)
    {
        var usage = ConversationUsage.None;
        using (rows)
        {
            while (rows.Read())
            {
                var totals = new ConversationTotals
                {
                    TurnCount = rows.GetInt32(1),
                    InputTokens = rows.GetInt64(2),
                    OutputTokens = rows.GetInt64(3),
                    CostInUsdTicks = rows.GetInt64(4),
                    CachedInputTokens = rows.GetInt64(5),
                    CacheSavingsInUsdTicks = rows.IsDBNull(6) ? null : rows.GetInt64(6),
                };
                usage = rows.GetBoolean(0) ? usage with { Own = totals } : usage with { Shared = totals };
            }
        }

        return usage;
    }

    private static string? ReadText(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset ReadTime(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static byte[] ToExactArray(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var segment) && segment.Array is { } array && segment.Count == array.Length ? array : content.ToArray();
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class RowJsonContext : JsonSerializerContext;
