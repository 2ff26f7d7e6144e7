namespace Connectors.Grok.Benchmarks.Check;

/// <summary>What a row must keep.</summary>
/// <param name="Limit">The limit of the ratio, or of the value itself.</param>
/// <param name="Against">The side that the value is divided by; null when the value itself is limited.</param>
internal sealed record Budget(double Limit, Side? Against = Side.Floor)
{
    /// <summary>Whether the limit is a minimum.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Another budget that is enough as well; null for none.</summary>
    public Budget? Or { get; init; }

    /// <summary>A limit of the value itself, in the unit of the row.</summary>
    public static Budget Of(double limit) => new(limit, Against: null);

    /// <summary>Whether the row keeps this budget or the other one.</summary>
    public bool IsKept(Row row) => row.ToSide(Against) is { } value && (IsAtLeast ? value >= Limit : value <= Limit) || Or?.IsKept(row) == true;

    public string ToString(string unit) =>
        $"{(IsAtLeast ? "≥" : "≤")} {Limit}{(Against is { } side ? $" × {Row.NameOf(side)}" : $" {unit}")}{(Or is null ? "" : $" or {Or.ToString(unit)}")}";
}
