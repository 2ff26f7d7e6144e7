namespace Connectors.Grok.Tests.Cost;

/// <summary>Runs the conversations of docs/cost.md, prints their table, and writes the table and the plot into the documents.</summary>
internal static class CostCommand
{
    public static async Task<int> RunAsync()
    {
        var report = await CostReport.CreateAsync();
        Console.WriteLine(report.ToTable());
        await File.WriteAllTextAsync(CostReport.DocumentPath, CostReport.Insert(await File.ReadAllTextAsync(CostReport.DocumentPath), report.ToTable()));
        await File.WriteAllTextAsync(CostReport.PlotPath, report.ToPlot());
        Console.WriteLine($"Wrote {CostReport.DocumentPath} and {CostReport.PlotPath}.");
        return 0;
    }
}
