using System.Text;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>
/// tests/README.md says what a caller sees of every fault. Its table is written by bringing them about; a difference leaves a
/// <c>README.received.md</c> beside the page.
/// </summary>
public sealed class FaultMatrixTests(MatrixRun run) : IClassFixture<MatrixRun>
{
    private const string Begin = "<!-- matrix: begin -->\n";
    private const string End = "<!-- matrix: end -->";

    public static TheoryData<string> Faults => [.. FaultRows.All.Select(MatrixRun.NameOf)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_fault_is_reported_or_survived_without_a_hang_or_a_false_answer(string fault)
    {
        var cells = await run.CellsOf(fault);
        Assert.Equal(4, cells.Length);
        Assert.All(cells, static cell => Assert.Null(cell.Wrong));
    }

    [Fact]
    public void Fault_matrix_covers_every_emulator_fault()
    {
        var list = Assert.Throws<FormatException>(static () => Emulator.Fault.Parse("no such fault")).Message;
        var names = list[(list.IndexOf("Use one of: ", StringComparison.Ordinal) + "Use one of: ".Length)..].TrimEnd('.').Split(", ");
        Assert.Contains("stall", names);
        // A cut is brought about before the emulator: a server that breaks off may drop what it has not sent yet, and the table would say so by chance.
        Assert.Empty(names.Except(FaultRows.Emulated).Except(["cut"]));
    }

    [Fact]
    public async Task Fault_table_of_the_README_matches_what_callers_see()
    {
        var path = Repository.PathTo("tests/README.md");
        var page = await File.ReadAllTextAsync(path);
        var start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var written = page[..start] + await TableAsync() + page[page.IndexOf(End, start, StringComparison.Ordinal)..];
        if (written != page)
        {
            await File.WriteAllTextAsync(Repository.PathTo("tests/README.received.md"), written);
            Assert.Fail("tests/README.md is not what callers see: compare it with tests/README.received.md.");
        }
    }

    private async Task<string> TableAsync()
    {
        var table = new StringBuilder();
        foreach (var group in FaultRows.All.GroupBy(static row => row.Group))
        {
            table.Append($"\n**{group.Key}**\n\n| Fault | not streamed | streamed | conversation | web sample |\n|---|---|---|---|---|\n");
            foreach (var row in group)
            {
                table.Append($"| {row.Name} | {string.Join(" | ", (await run.CellsOf(MatrixRun.NameOf(row))).Select(static cell => cell.Words))} |\n");
            }
        }

        return table.Append('\n').ToString();
    }
}
