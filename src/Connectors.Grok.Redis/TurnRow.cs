using System.Globalization;
using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>What scripts read of a turn: the words of a line.</summary>
/// <param name="Key">The hash of the turn's id.</param>
/// <param name="Owner">The instance of the name that owns it.</param>
/// <param name="Parent">The hash of the parent; null for none.</param>
/// <param name="Level">The number of turns above it.</param>
internal sealed record TurnRow(string Key, string Owner, string? Parent, int Level)
{
    public ConversationTotals Totals { get; private init; } = ConversationTotals.None;

    public static TurnRow Parse(string key, string line)
    {
        var words = line.Split(' ');
        return words.Length < 13 ? throw new InvalidDataException("The line of a turn is too short.") : new(key, words[0], words[1] == "-" ? null : words[1], int.Parse(words[2], CultureInfo.InvariantCulture))
        {
            Totals = ParseTotals(words[9], words[10], words[11].Split(',')),
        };
    }

    /// <summary>Reads pairs of a key and a line.</summary>
    public static IEnumerable<TurnRow> ParseAll(RedisResult pairs)
    {
        var values = (RedisValue[])pairs!;
        for (var i = 0; i < values.Length; i += 2)
        {
            yield return Parse(values[i]!, values[i + 1]!);
        }
    }

    /// <summary>The values of a turn that a script writes: kind, creation time, fingerprints, tokens, cost, document, content.</summary>
    public static RedisValue[] Values(ConversationTurn turn) =>
    [
        (int)turn.Kind,
        turn.CreatedAt.UtcTicks.ToString("x16", CultureInfo.InvariantCulture),
        RedisKeys.HashFingerprint(turn.Fingerprint),
        RedisKeys.HashFingerprint(turn.AnswerFingerprint),
        turn.InputTokens,
        turn.OutputTokens,
        string.Create(CultureInfo.InvariantCulture, $"{turn.CostInUsdTicks},{turn.CachedInputTokens},{turn.CacheSavingsInUsdTicks}"),
        ConversationTurnJson.Write(turn),
        turn.Content.ToArray(),
    ];

    /// <summary>Reads a turn from its document and content.</summary>
    /// <exception cref="InvalidDataException">The document is not the JSON of a turn.</exception>
    public static ConversationTurn? ToTurn(RedisValue document, RedisValue content) =>
        document.IsNull ? null : ConversationTurnJson.Read(((ReadOnlyMemory<byte>)document).Span, (byte[]?)content);

    /// <summary>The word of the cost holds the cached tokens and what they saved as well, after commas; lines of earlier versions do not.</summary>
    private static ConversationTotals ParseTotals(string input, string output, string[] cost) => new()
    {
        TurnCount = 1,
        InputTokens = Number(input),
        OutputTokens = Number(output),
        CostInUsdTicks = Number(cost[0]),
        CachedInputTokens = cost.Length > 1 ? Number(cost[1]) : 0,
        CacheSavingsInUsdTicks = cost is [_, _, { Length: > 0 } saved] ? Number(saved) : cost is [_, not "0", _] ? null : 0,
    };

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
