using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Maps turns and conversations to rows and back.</summary>
internal static class TurnRow
{
    public static (string Name, object? Value)[] ToParameters(ConversationTurn turn, string tenant, string name, string? expectedHead) =>
    [
        ("@tenant", tenant),
        ("@name", name),
        ("@expected", expectedHead),
        ("@id", turn.Id),
        ("@parent", turn.ParentId),
        ("@depth", turn.Depth),
        ("@response", turn.ResponseId),
        ("@stored_responses", JsonSerializer.Serialize([.. turn.StoredResponseIds], RowJsonContext.Default.StringArray)),
        ("@is_stored", turn.IsStored),
        ("@is_rebuilt", turn.IsRebuilt),
        ("@model", turn.Model),
        ("@created", turn.CreatedAt.UtcTicks),
        ("@expires", turn.ExpiresAt?.UtcTicks),
        ("@instructions", turn.InstructionsHash),
        ("@input_tokens", turn.InputTokens),
        ("@output_tokens", turn.OutputTokens),
        ("@cost", turn.CostInUsdTicks),
        ("@total_cost", turn.TotalCostInUsdTicks),
        ("@content", ToExactArray(turn.Content)),
    ];

    public static ConversationTurn ToTurn(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        ParentId = ReadText(row, 1),
        Depth = row.GetInt32(2),
        ResponseId = ReadText(row, 3),
        StoredResponseIds = JsonSerializer.Deserialize(row.GetString(4), RowJsonContext.Default.StringArray) ?? [],
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

    public static ConversationInfo ToInfo(SqliteDataReader row) =>
        new(new(row.GetString(0), row.GetString(1)), ReadText(row, 2), ReadTime(row, 3), ReadTime(row, 4));

    /// <summary>Reads all rows of <see cref="Sql.Usage"/> and disposes the reader.</summary>
    public static ConversationUsage ToUsage(SqliteDataReader rows)
    {
        var usage = ConversationUsage.None;
        using (rows)
        {
            while (rows.Read())
            {
                var totals = new ConversationTotals { TurnCount = rows.GetInt32(1), InputTokens = rows.GetInt64(2), OutputTokens = rows.GetInt64(3), CostInUsdTicks = rows.GetInt64(4) };
                usage = rows.GetBoolean(0) ? usage with { Own = totals } : usage with { Shared = totals };
            }
        }

        return usage;
    }

    private static string? ReadText(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset ReadTime(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    private static byte[] ToExactArray(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var segment) && segment.Array is { } array && segment.Count == array.Length ? array : content.ToArray();
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class RowJsonContext : JsonSerializerContext;
