using System.Globalization;
using System.Text;

namespace Connectors.Grok.Tests.Cost;

/// <summary>The table and the plot of docs/cost.md.</summary>
/// <param name="runs">The cost of each turn, for each mode.</param>
internal sealed class CostReport(IReadOnlyDictionary<CostMode, List<TurnCost>> runs)
{
    public const string Begin = "<!-- cost: begin -->";
    public const string End = "<!-- cost: end -->";

    private const int Width = 860;
    private const int Height = 340;
    private const int PlotWidth = 340;
    private const int PlotHeight = 220;
    private const int Top = 78;
    private const int Lines = 4;
    private const int TurnsBetweenLabels = 50;
    private const decimal TicksPerUsd = 10_000_000_000m;

    private static readonly int[] Shown = [1, 50, 100, 150, 200];
    private static readonly int[] Lefts = [48, 488];

    public static string DocumentPath => Repository.PathTo("docs/cost.md");

    public static string PlotPath => Repository.PathTo("docs/cost.svg");

    /// <summary>Runs all modes.</summary>
    public static async Task<CostReport> CreateAsync()
    {
        var costs = new Dictionary<CostMode, List<TurnCost>>();
        foreach (var mode in CostRun.Modes)
        {
            costs[mode] = await CostRun.RunAsync(mode);
        }

        return new(costs);
    }

    /// <summary>Replaces the part of a document between the marks.</summary>
    public static string Insert(string document, string table)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        return $"{document[..begin]}\n\n{table}\n{document[end..]}";
    }

    public string ToTable()
    {
        var text = new StringBuilder();
        text.Append("| | ").AppendJoin(" | ", Shown.Select(static t => $"turn {t}")).Append(CultureInfo.InvariantCulture, $" | all {CostRun.Turns} | input tokens | cached |\n|---|");
        text.Insert(text.Length, "--:|", Shown.Length + 3).Append('\n');
        foreach (var mode in CostRun.Modes)
        {
            var costs = runs[mode];
            var input = costs.Sum(static c => c.Input);
            text.Append(CultureInfo.InvariantCulture, $"| {Label(mode)} | ").AppendJoin(" | ", Shown.Select(t => Usd(costs[t - 1].Ticks, "0.000")));
            text.Append(CultureInfo.InvariantCulture, $" | **{Usd(costs.Sum(static c => c.Ticks), "0.00")}** | {input / 1_000_000m:0.0} M | {100m * costs.Sum(static c => c.Cached) / input:0} % |\n");
        }

        var compacted = runs[CostMode.Compaction].Index().Where(static c => c.Item.IsCompacted).Select(static c => c.Index + 1);
        return text.Append(CultureInfo.InvariantCulture, $"\nCompacted before turn {string.Join(" and ", compacted)}. Cost in US dollars, that of a compaction with the turn after it.\n").ToString();
    }

    public string ToPlot()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" width="{{Width}}" height="{{Height}}" role="img" aria-label="Cost of {{CostRun.Turns}} turns, per turn and in sum">
            <style>
              text { font: 12px system-ui, sans-serif; fill: #1f2328; }
              .small { font-size: 10px; fill: #59636e; }
              .head { font-weight: 600; }
              .grid { stroke: #d1d9e0; } polyline { fill: none; stroke-width: 2; }
              .NoState { stroke: #bc4c00; } .State { stroke: #9a6700; stroke-dasharray: 4 4; } .CacheKey { stroke: #0969da; } .Compaction { stroke: #1f883d; }
              @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .NoState { stroke: #db6d28; } .State { stroke: #d29922; } .CacheKey { stroke: #4493f8; } .Compaction { stroke: #3fb950; } }
            </style>

            """);
        foreach (var (index, mode) in CostRun.Modes.Index())
        {
            var x = 8 + (index * 210);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{mode}\" x1=\"{x}\" y1=\"14\" x2=\"{x + 18}\" y2=\"14\" stroke-width=\"2\"/>\n<text class=\"small\" x=\"{x + 24}\" y=\"18\">{Label(mode)}</text>\n");
        }

        AppendPlot(svg, Lefts[0], "Cost of a turn, in dollars", static costs => [.. costs.Select(static c => c.Ticks / TicksPerUsd)]);
        AppendPlot(svg, Lefts[1], "Cost of all turns up to this one, in dollars", static costs => [.. costs.Select((_, i) => costs.Take(i + 1).Sum(static c => c.Ticks) / TicksPerUsd)]);
        return svg.Append("</svg>\n").ToString();
    }

    private static string Label(CostMode mode) => mode switch
    {
        CostMode.NoState => "no state",
        CostMode.State => "state",
        CostMode.CacheKey => "state, cache key",
        _ => "state, cache key, compaction",
    };

    private static string Usd(long ticks, string format) => $"${(ticks / TicksPerUsd).ToString(format, CultureInfo.InvariantCulture)}";

    private void AppendPlot(StringBuilder svg, int left, string title, Func<List<TurnCost>, List<decimal>> select)
    {
        var lines = CostRun.Modes.Select(mode => (Mode: mode, Values: select(runs[mode]))).ToList();
        var step = StepFor(lines.Max(static l => l.Values.Max()));
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"head\" x=\"{left - 40}\" y=\"{Top - 24}\">{title}</text>\n");
        for (var i = 0; i <= Lines; i++)
        {
            var y = Top + PlotHeight - (PlotHeight * i / Lines);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{left}\" y1=\"{y}\" x2=\"{left + PlotWidth}\" y2=\"{y}\"/>\n<text class=\"small\" x=\"{left - 8}\" y=\"{y + 3}\" text-anchor=\"end\">{step * i:0.##}</text>\n");
        }

        for (var turn = 0; turn <= CostRun.Turns; turn += TurnsBetweenLabels)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"small\" x=\"{left + (PlotWidth * turn / CostRun.Turns)}\" y=\"{Top + PlotHeight + 16}\" text-anchor=\"middle\">{turn}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"small\" x=\"{left + (PlotWidth / 2)}\" y=\"{Top + PlotHeight + 32}\" text-anchor=\"middle\">turn</text>\n");
        foreach (var (mode, values) in lines)
        {
            var points = values.Select((value, i) => string.Create(
                CultureInfo.InvariantCulture, $"{left + ((decimal)PlotWidth * (i + 1) / CostRun.Turns):0.#},{Top + PlotHeight - (PlotHeight * value / (step * Lines)):0.#}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{mode}\" points=\"{string.Join(' ', points)}\"/>\n");
        }
    }

    /// <summary>Returns a round number that is at least a fourth of the maximum.</summary>
    private static decimal StepFor(decimal max)
    {
        var unit = 0.01m;
        while (true)
        {
            foreach (var factor in (decimal[])[1, 2, 5])
            {
                if (unit * factor * Lines >= max)
                {
                    return unit * factor;
                }
            }

            unit *= 10;
        }
    }
}
