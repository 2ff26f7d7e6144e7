using System.Globalization;
using System.Net;
using System.Text;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>The table as a bar chart: multiples of the floor, for work that all sides support. Readable on dark and light backgrounds.</summary>
internal static class Plot
{
    private const int Width = 860;
    private const int Names = 230;
    private const int Bar = 15;
    private const int Group = (4 * Bar) + 14;
    private const int Top = 62;
    private static readonly Side[] Sides = [Side.Floor, Side.Grok, Side.OpenAI, Side.Adapter];

    public static string Draw(IReadOnlyList<Row> rows)
    {
        var works = rows.Where(static r => Sides.All(r.Values.ContainsKey)).GroupBy(static r => r.Work).ToList();
        var height = Top + (works.Count * Group) + 40;
        var panel = (Width - Names - 20) / 2;
        var svg = new StringBuilder($$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" width="{{Width}}" height="{{height}}" role="img" aria-label="Time and memory as multiples of the floor">
            <style>
              text { font: 12px system-ui, sans-serif; fill: #1f2328; }
              .small { font-size: 10px; fill: #59636e; }
              .head { font-weight: 600; }
              .floor { fill: #9198a1; } .grok { fill: #1f883d; } .peer { fill: #bc4c00; } .adapter { fill: #8250df; }
              @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .small { fill: #9198a1; } .grok { fill: #3fb950; } .peer { fill: #db6d28; } .adapter { fill: #a371f7; } .floor { fill: #656c76; } }
            </style>

            """);
        Text(svg, 0, 14, "head", "As multiples of the floor (shorter is better)");
        Legend(svg, 0, "floor", "floor: HttpClient and the platform's parsers");
        Legend(svg, 270, "grok", "this client");
        Legend(svg, 370, "peer", "OpenAI package");
        Legend(svg, 490, "adapter", "its adapter (Microsoft.Extensions.AI.OpenAI)");
        Text(svg, Names, Top - 8, "head", "time");
        Text(svg, Names + panel, Top - 8, "head", "allocated");
        for (var i = 0; i < works.Count; i++)
        {
            Text(svg, 0, Top + (i * Group) + (2 * Bar), "", works[i].Key);
            foreach (var (row, index) in works[i].Select(static (r, n) => (r, n)))
            {
                // One scale for all groups of a panel, so that their bars are comparable.
                var most = works.Max(w => Multiples(w.ElementAt(index)).Max());
                Bars(svg, Names + (index * panel), Top + (i * Group), (panel - 60) / most, Multiples(row));
            }
        }

        Text(svg, 0, height - 8, "small", Machine.Describe());
        return svg.Append("</svg>\n").ToString();
    }

    private static double[] Multiples(Row row) => [.. Sides.Select(s => s == Side.Grok ? row.ToSide(Side.Floor)!.Value : row.Values[s] / row.Values[Side.Floor])];

    private static void Bars(StringBuilder svg, int x, int y, double unit, double[] multiples)
    {
        string[] classes = ["floor", "grok", "peer", "adapter"];
        for (var i = 0; i < multiples.Length; i++)
        {
            var (top, width) = (y + (i * Bar), multiples[i] * unit);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{classes[i]}\" x=\"{x}\" y=\"{top + 2}\" width=\"{width:0.0}\" height=\"{Bar - 3}\"/>\n");
            Text(svg, x + width + 5, top + Bar - 3, "small", $"{multiples[i]:0.0#}");
        }
    }

    private static void Legend(StringBuilder svg, int x, string kind, string text)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x}\" y=\"24\" width=\"10\" height=\"10\"/>\n");
        Text(svg, x + 15, 33, "small", text);
    }

    private static void Text(StringBuilder svg, double x, int y, string kind, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:0.0}\" y=\"{y}\">{WebUtility.HtmlEncode(text)}</text>\n");
}
