// Asks the feed for known holes in the packages of Connectors.sln, and for packages that are given up: exits with 1 when it names one.
// A feed without such data names none either, so it is first asked about a package known for it. Usage: dotnet run .ci/audit.cs
#:property PublishAot=false
using System.Diagnostics;
using System.Text.Json;

var isBad = false;
foreach (var (kind, mark, id, version) in new[]
{
    ("vulnerable", "vulnerabilities", "Newtonsoft.Json", "12.0.3"),
    ("deprecated", "deprecationReasons", "WindowsAzure.Storage", "9.3.3"),
})
{
    var control = Directory.CreateTempSubdirectory("audit").FullName;
    try
    {
        File.WriteAllText(Path.Combine(control, "control.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="{id}" Version="{version}" /></ItemGroup>
            </Project>
            """);
        Dotnet(control, "restore");
        if (!Named(Dotnet(control, "list", "package", "--" + kind, "--format", "json"), mark).Any())
        {
            Console.WriteLine($"skipped no data on {kind} packages on this feed: it does not name {id} {version}");
            continue;
        }
    }
    finally
    {
        Directory.Delete(control, recursive: true);
    }

    var list = Dotnet(".", "list", "Connectors.sln", "package", "--" + kind, "--include-transitive", "--format", "json");
    if (!list.Contains("Connectors.Grok.csproj", StringComparison.Ordinal) || list.Contains("\"level\": \"error\"", StringComparison.Ordinal))
    {
        throw new InvalidDataException($"No list of the packages: {list}");
    }

    var named = Named(list, mark).ToList();
    named.ForEach(n => Console.WriteLine($"{kind}: {n}"));
    Console.WriteLine($"{kind} packages: {named.Count}");
    isBad |= named.Count > 0;
}

return isBad ? 1 : 0;

static string Dotnet(string folder, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return output;
}

static IEnumerable<string> Named(string list, string mark)
{
    using var json = JsonDocument.Parse(list);
    return [.. from project in Items(json.RootElement, "projects")
               from framework in Items(project, "frameworks")
               from package in Items(framework, "topLevelPackages").Concat(Items(framework, "transitivePackages"))
               where Items(package, mark).Any()
               select $"{package.GetProperty("id")} {package.GetProperty("resolvedVersion")} of {Path.GetFileName(project.GetProperty("path").GetString())}: {package.GetProperty(mark)}"];
}

static IEnumerable<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];
