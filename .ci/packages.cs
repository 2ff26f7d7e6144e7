// Checks the packages of a folder: each contains an SBOM (sbom/bom.cdx.json) that agrees with its lock file and its nuspec, and is identical to the
// package of the same name in a second folder, which was packed in another directory. Usage: dotnet run .ci/packages.cs -- FOLDER FOLDER
#:property PublishAot=false
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

// Build-time packages, which are not dependencies of the packages.
string[] buildTimePackages = [.. XDocument.Load("Directory.Packages.props").Descendants("GlobalPackageReference").Select(static r => r.Attribute("Include")!.Value), "Microsoft.NET.ILLink.Tasks"];
var errors = new List<string>();
var packages = Directory.GetFiles(args[0], "*.nupkg").Order(StringComparer.Ordinal).ToList();
foreach (var package in packages)
{
    CheckSbom(package);
}

foreach (var package in packages.Concat(Directory.GetFiles(args[0], "*.snupkg")))
{
    CheckDocumentation(package);
    CheckIdentical(package, Path.Combine(args[1], Path.GetFileName(package)));
}

errors.ForEach(Console.WriteLine);
return errors.Count == 0 && packages.Count > 0 ? 0 : 1;

void CheckSbom(string package)
{
    using var zip = ZipFile.OpenRead(package);
    var nuspec = XDocument.Load(zip.Entries.Single(static e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
    var id = nuspec.Descendants().First(static e => e.Name.LocalName == "id").Value;
    if (zip.GetEntry("sbom/bom.cdx.json") is not { } entry)
    {
        errors.Add($"{id} contains no SBOM");
        return;
    }

    using var bom = JsonDocument.Parse(entry.Open());
    var root = bom.RootElement;
    Check(root.GetProperty("bomFormat").ValueEquals("CycloneDX") && root.GetProperty("specVersion").ValueEquals("1.6"), $"{id}: not CycloneDX 1.6");
    var self = root.GetProperty("metadata").GetProperty("component").GetProperty("bom-ref").GetString()!;
    Check(self.StartsWith($"pkg:nuget/{id}@", StringComparison.Ordinal), $"{id}: the SBOM is for {self}");

    using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine("src", id, "packages.lock.json")));
    var locked = file.RootElement.GetProperty("dependencies").EnumerateObject().Where(static f => !f.Name.Contains('/', StringComparison.Ordinal)).SelectMany(static f => f.Value.EnumerateObject())
        .Where(d => !buildTimePackages.Contains(d.Name, StringComparer.Ordinal)).Select(static d => d.Value.TryGetProperty("resolved", out var version)
            ? $"{d.Name} {version} {d.Value.GetProperty("contentHash")}".ToLowerInvariant() : d.Name.ToLowerInvariant()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    var listed = root.GetProperty("components").EnumerateArray().Select(static c => c.TryGetProperty("properties", out var properties)
        ? $"{c.GetProperty("name")} {c.GetProperty("version")} {properties[0].GetProperty("value")}".ToLowerInvariant() : $"{c.GetProperty("name")}".ToLowerInvariant()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    Check(listed.SetEquals(locked), $"{id}: SBOM and lock file differ in {string.Join(", ", listed.Except(locked).Concat(locked.Except(listed)))}");

    var edges = root.GetProperty("dependencies").EnumerateArray().ToDictionary(
        static d => d.GetProperty("ref").GetString()!, static d => d.GetProperty("dependsOn").EnumerateArray().Select(static r => r.GetString()!).ToList());
    var refs = root.GetProperty("components").EnumerateArray().Select(static c => c.GetProperty("bom-ref").GetString()!).Append(self).ToHashSet();
    Check(refs.SetEquals(edges.Keys) && edges.Values.SelectMany(static e => e).All(refs.Contains), $"{id}: the dependency graph of the SBOM does not match its components");
    var direct = nuspec.Descendants().Where(static e => e.Name.LocalName == "dependency").Select(static e => e.Attribute("id")!.Value).ToHashSet();
    // A tool contains what it depends on.
    var isTool = nuspec.Descendants().Any(static e => e.Name.LocalName == "packageType" && e.Attribute("name")!.Value == "DotnetTool");
    Check(isTool ? direct.Count == 0 : direct.SetEquals(edges[self].Select(static r => r["pkg:nuget/".Length..r.IndexOf('@', StringComparison.Ordinal)])), $"{id}: SBOM and nuspec differ in the direct dependencies");
    Console.WriteLine($"{id}: {listed.Count} components");
}

// The documentation in a package is of public types only: those of the approved API.
void CheckDocumentation(string package)
{
    using var zip = ZipFile.OpenRead(package);
    foreach (var entry in zip.Entries.Where(static e => e.FullName.StartsWith("lib/", StringComparison.Ordinal) && e.FullName.EndsWith(".xml", StringComparison.Ordinal)))
    {
        var api = File.ReadAllText($"tests/Connectors.Grok.Architecture.Tests/PublicApi/{Path.GetFileNameWithoutExtension(entry.Name)}.approved.txt");
        var types = XDocument.Load(entry.Open()).Descendants("member").Select(static m => m.Attribute("name")!.Value).Where(static n => n.StartsWith("T:", StringComparison.Ordinal))
            .Select(static n => n[(n.LastIndexOf('.') + 1)..].Split('`')[0]).ToList();
        var hidden = types.Where(t => !Regex.IsMatch(api, $@"\b(class|struct|interface|enum|delegate .*) {t}\b", RegexOptions.NonBacktracking)).ToList();
        Check(types.Count > 0 && hidden.Count == 0, $"{entry.FullName} documents {string.Join(", ", hidden.Take(5))}, which the public API does not have");
        Console.WriteLine($"{entry.FullName}: {entry.Length} bytes, {types.Count} types");
    }
}

void CheckIdentical(string one, string other)
{
    if (!File.Exists(other))
    {
        errors.Add($"{other} is missing");
        return;
    }

    if (SHA256.HashData(File.ReadAllBytes(one)).SequenceEqual(SHA256.HashData(File.ReadAllBytes(other))))
    {
        Console.WriteLine($"{Path.GetFileName(one)}: identical");
        return;
    }

    var (a, b) = (Entries(one), Entries(other));
    var different = a.Keys.Union(b.Keys).Where(n => a.GetValueOrDefault(n) != b.GetValueOrDefault(n)).Order(StringComparer.Ordinal).ToList();
    errors.Add($"{Path.GetFileName(one)} differs in {(different.Count > 0 ? string.Join(", ", different) : "the order of its entries")}");
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

void Check(bool condition, string error)
{
    if (!condition)
    {
        errors.Add(error);
    }
}
