namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>One row of the table: a measurement of a store, its floor, and the budget.</summary>
/// <param name="Store">The store.</param>
/// <param name="Work">The work.</param>
/// <param name="Unit">The unit of both values.</param>
/// <param name="Floor">The value of the floor, the statements that do the least; null when the budget is an absolute one.</param>
/// <param name="Value">The value of the store.</param>
/// <param name="Limit">The budget: a multiple of the floor, or a value in the unit when there is no floor; null for no budget.</param>
internal sealed record StoreRow(string Store, string Work, string Unit, double? Floor, double Value, double? Limit)
{
    /// <summary>The ratio, when it is the median of the ratios of several rounds.</summary>
    public double? ToFloor { get; init; }

    /// <summary>A value that is enough by itself, whatever the ratio is; null for none.</summary>
    public double? Enough { get; init; }

    /// <summary>Whether more is better, as for a rate.</summary>
    public bool IsRate { get; init; }

    public bool IsKept => Limit is not { } limit || Enough is { } enough && (IsRate ? Value >= enough : Value <= enough) || Compared <= limit;

    public static string Header { get; } = "| Store | Work | Floor | Store | To the floor | Budget | |\n|---|---|--:|--:|--:|--:|---|";

    // A rate is compared the other way round, so that the ratio is always "how many times slower".
    private double Compared => ToFloor ?? (Floor is not { } floor ? Value : IsRate ? floor / Value : Value / floor);

    public override string ToString() =>
        $"| {Store} | {Work} | {Text(Floor)} | {Text(Value)} | {(Floor is null ? "" : $"{Compared:0.00}")} | {Budget()} | {(Limit is null ? "" : IsKept ? "kept" : "MISSED")} |";

    private string Budget() => Limit is not { } limit ? "" : Floor is null ? $"≤ {limit:0.##} {Unit}" : Enough is { } enough ? $"≤ {limit:0.##}, or {(IsRate ? "≥" : "≤")} {enough:N0} {Unit}" : $"≤ {limit:0.##}";

    private string Text(double? value) => value is { } number ? $"{(number < 10 ? $"{number:0.00}" : $"{number:N0}")} {Unit}" : "";
}
