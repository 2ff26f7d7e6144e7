// The packages of a folder: each holds a list of what it brings along (sbom/bom.cdx.json) that agrees with its lock file and its
// nuspec, and is byte for byte the package of the same name in a second folder, packed elsewhere. Usage: dotnet run .ci/packages.cs -- FOLDER FOLDER
#:property PublishAot=false
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;

// What every project is built with, and no user gets.
string[] onlyForBuilding = [.. XDocument.Load("Directory.Packages.props").Descendants("GlobalPackageReference").Select(static r => r.Attribute("Include")!.Value), "Microsoft.NET.ILLink.Tasks"];
var wrong = new List<string>();
var packages = Directory.GetFiles(args[0], "*.nupkg").Order(StringComparer.Ordinal).ToList();
foreach (var package in packages)
{
    Bom(package);
}

foreach (var package in packages.Concat(Directory.GetFiles(args[0], "*.snupkg")))
{
    Same(package, Path.Combine(args[1], Path.GetFileName(package)));
}

wrong.ForEach(Console.WriteLine);
return wrong.Count == 0 && packages.Count > 0 ? 0 : 1;

void Bom(string package)
{
    using var zip = ZipFile.OpenRead(package);
    var nuspec = XDocument.Load(zip.Entries.Single(static e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
    var id = nuspec.Descendants().First(static e => e.Name.LocalName == "id").Value;
    if (zip.GetEntry("sbom/bom.cdx.json") is not { } entry)
    {
        wrong.Add($"{id} holds no SBOM");
        return;
    }

    using var bom = JsonDocument.Parse(entry.Open());
    var root = bom.RootElement;
    Check(root.GetProperty("bomFormat").ValueEquals("CycloneDX") && root.GetProperty("specVersion").ValueEquals("1.6"), $"{id}: not CycloneDX 1.6");
    var self = root.GetProperty("metadata").GetProperty("component").GetProperty("bom-ref").GetString()!;
    Check(self.StartsWith($"pkg:nuget/{id}@", StringComparison.Ordinal), $"{id}: the SBOM is that of {self}");

    using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine("src", id, "packages.lock.json")));
    var locked = file.RootElement.GetProperty("dependencies").EnumerateObject().Where(static f => !f.Name.Contains('/', StringComparison.Ordinal)).SelectMany(static f => f.Value.EnumerateObject())
        .Where(d => !onlyForBuilding.Contains(d.Name, StringComparer.Ordinal)).Select(static d => d.Value.TryGetProperty("resolved", out var version)
            ? $"{d.Name} {version} {d.Value.GetProperty("contentHash")}".ToLowerInvariant() : d.Name.ToLowerInvariant()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    var listed = root.GetProperty("components").EnumerateArray().Select(static c => c.TryGetProperty("properties", out var properties)
        ? $"{c.GetProperty("name")} {c.GetProperty("version")} {properties[0].GetProperty("value")}".ToLowerInvariant() : $"{c.GetProperty("name")}".ToLowerInvariant()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    Check(listed.SetEquals(locked), $"{id}: SBOM and lock file differ in {string.Join(", ", listed.Except(locked).Concat(locked.Except(listed)))}");

    var edges = root.GetProperty("dependencies").EnumerateArray().ToDictionary(
        static d => d.GetProperty("ref").GetString()!, static d => d.GetProperty("dependsOn").EnumerateArray().Select(static r => r.GetString()!).ToList());
    var refs = root.GetProperty("components").EnumerateArray().Select(static c => c.GetProperty("bom-ref").GetString()!).Append(self).ToHashSet();
    Check(refs.SetEquals(edges.Keys) && edges.Values.SelectMany(static e => e).All(refs.Contains), $"{id}: the SBOM's graph is not that of its components");
    var direct = nuspec.Descendants().Where(static e => e.Name.LocalName == "dependency").Select(static e => e.Attribute("id")!.Value).ToHashSet();
    Check(direct.SetEquals(edges[self].Select(static r => r["pkg:nuget/".Length..r.IndexOf('@', StringComparison.Ordinal)])), $"{id}: SBOM and nuspec differ in what the package depends on");
    Console.WriteLine($"{id}: {listed.Count} components");
}

void Same(string one, string other)
{
    if (!File.Exists(other))
    {
        wrong.Add($"{other} is missing");
        return;
    }

    if (SHA256.HashData(File.ReadAllBytes(one)).SequenceEqual(SHA256.HashData(File.ReadAllBytes(other))))
    {
        Console.WriteLine($"{Path.GetFileName(one)}: the same bytes");
        return;
    }

    var (a, b) = (Entries(one), Entries(other));
    var different = a.Keys.Union(b.Keys).Where(n => a.GetValueOrDefault(n) != b.GetValueOrDefault(n)).Order(StringComparer.Ordinal).ToList();
    wrong.Add($"{Path.GetFileName(one)} differs in {(different.Count > 0 ? string.Join(", ", different) : "the order of its entries")}");
}

static Dictionary<string, string> Entries(string package)
{
    using var zip = ZipFile.OpenRead(package);
    return zip.Entries.ToDictionary(static e => e.FullName, static e =>
    {
        using var stream = e.Open();
        return $"{Convert.ToHexString(SHA256.HashData(stream))} {e.LastWriteTime:O}";
    });
}

void Check(bool isRight, string otherwise)
{
    if (!isRight)
    {
        wrong.Add(otherwise);
    }
}
