namespace Connectors.Grok.Tests.Cost;

/// <summary>The figures of docs/cost.md. The command <c>cost</c> of this program writes them.</summary>
public sealed class CostTests
{
    [Fact]
    public async Task Table_and_plot_of_the_document_are_those_of_a_run()
    {
        var report = await CostReport.CreateAsync();
        var document = await File.ReadAllTextAsync(CostReport.DocumentPath, TestContext.Current.CancellationToken);
        Assert.Equal(document, CostReport.Insert(document, report.ToTable()));
        Assert.Equal(await File.ReadAllTextAsync(CostReport.PlotPath, TestContext.Current.CancellationToken), report.ToPlot());
    }
}
