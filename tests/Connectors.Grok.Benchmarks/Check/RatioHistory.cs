using System.Globalization;
using System.Text;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A file to which each run adds its ratios: values of different machines cannot be compared, ratios can.</summary>
internal static class RatioHistory
{
    private const string Header = "date\tmachine\twork\tmeasure\tagainst\tratio\tbudget\tkept\n";

    /// <summary>Adds a line of tab-separated values for each row that has a ratio.</summary>
    public static async Task AppendAsync(string file, IEnumerable<Row> rows)
    {
        var lines = new StringBuilder(File.Exists(file) ? "" : Header);
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        foreach (var row in rows)
        {
            if (row is { Against: { } side } && row.ToSide(side) is { } ratio)
            {
                lines.AppendLine(CultureInfo.InvariantCulture, $"{date}\t{Machine.Name()}\t{row.Work}\t{row.Measure}\t{Row.NameOf(side)}\t{Row.Number(ratio)}\t{row.Budget?.Limit}\t{(row.IsKept ? "kept" : "missed")}");
            }
        }

        await File.AppendAllTextAsync(file, lines.ToString());
    }
}
