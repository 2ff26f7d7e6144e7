// Checks the packages of Connectors.sln for vulnerable and deprecated packages; exits with 1 when the feed reports one. A feed without such data
// also reports none, so the script first checks a package that is known to be vulnerable or deprecated. Usage: dotnet run .ci/audit.cs
#:property PublishAot=false
using System.Diagnostics;
using System.Text.Json;

var hasReported = false;
foreach (var (kind, property, id, version) in new[]
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
        if (!FindReported(Dotnet(control, "list", "package", "--" + kind, "--format", "json"), property).Any())
        {
            Console.WriteLine($"skipped {kind} packages: the feed has no such data, because it does not report {id} {version}");
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
        throw new InvalidDataException($"dotnet list package failed: {list}");
    }

    var reported = FindReported(list, property).ToList();
    reported.ForEach(package => Console.WriteLine($"{kind}: {package}"));
    Console.WriteLine($"{kind} packages: {reported.Count}");
    hasReported |= reported.Count > 0;
}

return hasReported ? 1 : 0;

static string Dotnet(string folder, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return output;
}

static IEnumerable<string> FindReported(string list, string property)
{
    using var json = JsonDocument.Parse(list);
    return [.. from project in Items(json.RootElement, "projects")
               from framework in Items(project, "frameworks")
               from package in Items(framework, "topLevelPackages").Concat(Items(framework, "transitivePackages"))
               where Items(package, property).Any()
               select $"{package.GetProperty("id")} {package.GetProperty("resolvedVersion")} of {Path.GetFileName(project.GetProperty("path").GetString())}: {package.GetProperty(property)}"];
}

static IEnumerable<JsonElement> Items(JsonElement element, string name) => element.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];
