namespace Connectors.Grok.Benchmarks.Check;

/// <summary>Something that is measured, in one or several rows of the table.</summary>
internal interface IMeasurement
{
    /// <summary>The work, by which it is selected.</summary>
    string Work { get; }

    /// <summary>Measures.</summary>
    /// <param name="isClockForgiven">Whether times are not checked: then they are measured briefly, or left out.</param>
    Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven);
}
