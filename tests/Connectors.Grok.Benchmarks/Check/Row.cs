namespace Connectors.Grok.Benchmarks.Check;

/// <summary>One row of the table: a measurement and its budget.</summary>
/// <param name="Work">The work.</param>
/// <param name="Measure">The measure.</param>
/// <param name="Unit">The unit of the three values.</param>
/// <param name="Floor">The value of the floor, a minimal implementation; null when there is none.</param>
/// <param name="Grok">The value of this library.</param>
/// <param name="Peer">The value of the OpenAI package; null when it does not support the work or was not measured.</param>
/// <param name="Limit">The budget.</param>
internal sealed record Row(string Work, string Measure, string Unit, double? Floor, double Grok, double? Peer, double Limit)
{
    /// <summary>Whether the budget is a minimum.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Whether it measures bytes, which do not depend on the load of the machine.</summary>
    public bool IsAllocation { get; init; }

    /// <summary>The ratio of the value to the floor, when it was measured in rounds.</summary>
    public double? ToFloor { get; init; }

    /// <summary>The value compared with the budget: the ratio to the floor, or the value itself.</summary>
    public double Value => ToFloor ?? Grok / (Floor ?? 1);

    public bool IsKept => IsAtLeast ? Value >= Limit : Value <= Limit;

    public static string Header { get; } = "| Work | Measured | Floor | This client | `OpenAI` package | To the floor | Budget | |\n|---|---|--:|--:|--:|--:|--:|---|";

    public override string ToString() =>
        $"| {Work} | {Measure} | {Text(Floor)} | {Text(Grok)} | {Text(Peer)} | {(Floor is null ? "" : $"{Value:0.00}")} | {(IsAtLeast ? "≥" : "≤")} {Limit}{(Floor is null ? $" {Unit}" : "")} | {(IsKept ? "kept" : "MISSED")} |";

    private string Text(double? value) => value is { } number ? $"{(number < 10 ? $"{number:0.00}" : $"{number:0}")} {Unit}" : "";
}
