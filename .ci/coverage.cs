// Line coverage of src/Connectors.Grok from Cobertura reports: prints the coverage of each room, and exits with 1 when one is below its minimum.
// Usage: dotnet run .ci/coverage.cs -- FOLDER
#:property PublishAot=false
using System.Xml.Linq;

var minimums = new (string Room, double Percent)[] { ("Mapping", 100), ("Serialization", 100), ("", 95) };
var lines = new Dictionary<(string File, int Line), int>();
foreach (var report in Directory.GetFiles(args[0], "coverage.cobertura.xml", SearchOption.AllDirectories))
{
    foreach (var unit in XDocument.Load(report).Descendants("class"))
    {
        var file = unit.Attribute("filename")!.Value.Replace('\\', '/');
        var index = file.IndexOf("src/Connectors.Grok/", StringComparison.Ordinal);
        if (index < 0 || file.Contains("/obj/", StringComparison.Ordinal) || file.Contains(".g.cs", StringComparison.Ordinal))
        {
            continue;
        }

        foreach (var line in unit.Descendants("line"))
        {
            // A line is reported for its class, its method, and the state machine of an async method.
            var key = (file[(index + "src/Connectors.Grok/".Length)..], int.Parse(line.Attribute("number")!.Value));
            lines[key] = Math.Max(lines.GetValueOrDefault(key), int.Parse(line.Attribute("hits")!.Value));
        }
    }
}

var isLow = lines.Count == 0;
foreach (var (room, minimum) in minimums)
{
    var roomLines = lines.Where(l => room.Length == 0 || l.Key.File.StartsWith(room + "/", StringComparison.Ordinal)).ToList();
    var covered = roomLines.Count(static l => l.Value > 0);
    var percent = 100.0 * covered / Math.Max(1, roomLines.Count);
    Console.WriteLine($"coverage of {(room.Length == 0 ? "the core" : room)}: {covered} of {roomLines.Count} lines, {percent:0.0} % (minimum {minimum} %)");
    isLow |= percent < minimum;
}

foreach (var file in lines.Where(static l => l.Value == 0).GroupBy(static l => l.Key.File).OrderBy(static g => g.Key, StringComparer.Ordinal))
{
    Console.WriteLine($"  not run: {file.Key} {string.Join(", ", file.Select(static l => l.Key.Line).Order())}");
}

return isLow ? 1 : 0;
