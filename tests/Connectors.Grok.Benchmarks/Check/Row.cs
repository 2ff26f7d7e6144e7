namespace Connectors.Grok.Benchmarks.Check;

/// <summary>One line of the table: what was measured, and the budget it is held to.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Measure">What was measured.</param>
/// <param name="Unit">The unit of the three values.</param>
/// <param name="Floor">The least that does the work; null where there is nothing to compare with.</param>
/// <param name="Grok">This library.</param>
/// <param name="Peer">The OpenAI package; null where it cannot do the work or was not asked to.</param>
/// <param name="Limit">The budget.</param>
internal sealed record Row(string Work, string Measure, string Unit, double? Floor, double Grok, double? Peer, double Limit)
{
    /// <summary>Whether the budget is a floor to stay above.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Whether it is about bytes, which no busy machine changes.</summary>
    public bool IsAllocation { get; init; }

    /// <summary>What the value is to the floor, where that was measured round by round.</summary>
    public double? ToFloor { get; init; }

    /// <summary>What the budget is about: the relation to the floor, or the value itself.</summary>
    public double Value => ToFloor ?? Grok / (Floor ?? 1);

    public bool IsKept => IsAtLeast ? Value >= Limit : Value <= Limit;

    public static string Header { get; } = "| Work | Measured | Floor | This client | `OpenAI` package | To the floor | Budget | |\n|---|---|--:|--:|--:|--:|--:|---|";

    public override string ToString() =>
        $"| {Work} | {Measure} | {Text(Floor)} | {Text(Grok)} | {Text(Peer)} | {(Floor is null ? "" : $"{Value:0.00}")} | {(IsAtLeast ? "≥" : "≤")} {Limit}{(Floor is null ? $" {Unit}" : "")} | {(IsKept ? "kept" : "MISSED")} |";

    private string Text(double? value) => value is { } number ? $"{(number < 10 ? $"{number:0.00}" : $"{number:0}")} {Unit}" : "";
}
