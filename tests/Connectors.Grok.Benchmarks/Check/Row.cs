namespace Connectors.Grok.Benchmarks.Check;

/// <summary>One row of the table: a measurement of each side that can do the work, and its budget.</summary>
/// <param name="Work">The work.</param>
/// <param name="Measure">The measure.</param>
/// <param name="Unit">The unit of the values.</param>
/// <param name="Values">The values of the sides that were measured; that of <see cref="Side.Grok"/> is always one of them.</param>
/// <param name="Budget">The budget; null when the row only informs.</param>
internal sealed record Row(string Work, string Measure, string Unit, IReadOnlyDictionary<Side, double> Values, Budget? Budget)
{
    public static string Header { get; } = """
        | Work | Measured | Floor | This client | `OpenAI` | Adapter | Ratio | Budget | |
        |---|---|--:|--:|--:|--:|--:|---|---|
        """;

    /// <summary>Whether it measures bytes or counts, which do not depend on the load of the machine.</summary>
    public bool IsAllocation { get; init; }

    /// <summary>
    /// The ratios of this library to other sides, when they were measured in rounds: the median of the ratios is steadier than the ratio of the medians.
    /// </summary>
    public IReadOnlyDictionary<Side, double> Ratios { get; init; } = new Dictionary<Side, double>();

    /// <summary>The lowest and the highest ratio of several launches; null when there was one.</summary>
    public (double Lowest, double Highest)? Spread { get; init; }

    /// <summary>The side that the ratio column compares with.</summary>
    public Side? Against => Budget is null ? (Values.ContainsKey(Side.Floor) ? Side.Floor : null) : Budget.Against;

    public bool IsKept => Budget?.IsKept(this) != false;

    public static string NameOf(Side side) => side switch
    {
        Side.Floor => "floor",
        Side.Adapter => "adapter",
        Side.OpenAI => "`OpenAI`",
        Side.SecondTurn => "turn 2",
        _ => "this client",
    };

    /// <summary>Gets the value of this library as a multiple of that of a side, or the value itself for null; null when the side was not measured.</summary>
    public double? ToSide(Side? side) =>
        side is not { } other ? Values[Side.Grok]
        : Ratios.TryGetValue(other, out var ratio) ? ratio
        : Values.TryGetValue(other, out var value) ? Values[Side.Grok] / value
        : null;

    public override string ToString() =>
        $"| {Work} | {Measure} | {Text(Side.Floor)} | {Text(Side.Grok)} | {Text(Side.OpenAI)} | {Text(Side.Adapter)} | {RatioText()} | {Budget?.ToString(Unit)} | {(Budget is null ? "" : IsKept ? "kept" : "MISSED")} |";

    private string RatioText() =>
        Against is { } side && ToSide(side) is { } ratio
            ? $"{Number(ratio)} × {NameOf(side)}{(Spread is { } spread ? $" ({spread.Lowest:0.00} to {spread.Highest:0.00})" : "")}"
            : "";

    /// <summary>A ratio with two decimals, or with as many as a small one needs.</summary>
    public static string Number(double ratio) => ratio < 0.1 ? $"{ratio:0.0000}" : $"{ratio:0.00}";

    private string Text(Side side) => Values.TryGetValue(side, out var number) ? $"{(number < 10 ? $"{number:0.00}" : $"{number:0}")} {Unit}" : "";
}
