// Builds the documents and the API reference as web pages: dotnet run docs/site.cs [-- --pages-only]
// The pages are in artifacts/site/site; `dotnet docfx serve artifacts/site/site` shows them on loopback. --pages-only leaves out the API reference, which needs built assemblies.
using System.Diagnostics;
using System.Text.RegularExpressions;

var isComplete = !args.Contains("--pages-only");
if (args.Any(static a => a != "--pages-only") || !File.Exists("docs/docfx.json"))
{
    Console.Error.WriteLine("Usage, in the folder of the repository: dotnet run docs/site.cs [-- --pages-only]");
    return 2;
}

// Links that are no images; the text may contain a pair of brackets.
var links = new Regex(@"(?<!!)\[(?<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?<target>[^)#\s]*)(?<anchor>#[^)\s]*)?\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
var site = Path.GetFullPath("artifacts/site");
if (Directory.Exists(site))
{
    Directory.Delete(site, recursive: true);
}

var pages = Output("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", "docs/*.svg", "docs/*.png", "docs/*.schema.json", "LICENSE")
    .Where(static f => !f.StartsWith('.') && File.Exists(f)).ToHashSet(StringComparer.Ordinal);
foreach (var file in pages)
{
    var copy = Path.Combine(site, InSite(file));
    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
    if (file.EndsWith(".md", StringComparison.Ordinal))
    {
        File.WriteAllText(copy, links.Replace(File.ReadAllText(file), link => Relink(file, link)));
    }
    else
    {
        File.Copy(file, copy);
    }
}

File.Copy("docs/docfx.json", Path.Combine(site, "docfx.json"));
var contents = File.ReadAllLines("docs/toc.yml");
File.WriteAllLines(Path.Combine(site, "toc.yml"), isComplete ? contents : contents[..^2]);
var failed = Run("dotnet", "tool", "restore");
if (isComplete && failed == 0)
{
    var assemblies = Directory.CreateDirectory(Path.Combine(site, "assemblies")).FullName;
    foreach (var project in Directory.GetFiles("src", "*.csproj", SearchOption.AllDirectories).Where(_ => failed == 0))
    {
        failed = Run("dotnet", "build", project, "-p:RunAnalyzers=false", "-nologo", "-v", "q");
        foreach (var built in Directory.GetFiles(Built(Path.Combine("artifacts/bin", Path.GetFileNameWithoutExtension(project)))).Where(static f => Path.GetExtension(f) is ".dll" or ".xml"))
        {
            File.Copy(built, Path.Combine(assemblies, Path.GetFileName(built)), overwrite: true);
        }
    }

    failed = failed == 0 ? Run("dotnet", "docfx", "metadata", Path.Combine(site, "docfx.json")) : failed;
}

return failed == 0 ? Run("dotnet", "docfx", "build", Path.Combine(site, "docfx.json"), "--warningsAsErrors") : failed;

// The README is the first page.
static string InSite(string file) => file == "README.md" ? "index.md" : file;

// Of two frameworks the newer one, which comes first in the order of the names: debug_net10.0, debug_net8.0.
static string Built(string folder) => Directory.GetDirectories(folder, "debug*").OrderBy(static d => d, StringComparer.Ordinal).First();

// Of links to what is no page (sources, folders) only the text remains.
string Relink(string page, Match link)
{
    var (target, anchor) = (link.Groups["target"].Value, link.Groups["anchor"].Value);
    if (target.Length == 0 || target.Contains(':', StringComparison.Ordinal))
    {
        return link.Value;
    }

    var path = Path.GetRelativePath(".", Path.Combine(Path.GetDirectoryName(page)!, target));
    path = pages.Contains(path + "/README.md") ? path + "/README.md" : path;
    return pages.Contains(path)
        ? $"[{link.Groups["text"].Value}]({Path.GetRelativePath(Path.Combine(".", Path.GetDirectoryName(page)!), InSite(path))}{anchor})"
        : link.Groups["text"].Value;
}

static int Run(string program, params string[] arguments)
{
    using var process = Process.Start(program, arguments);
    process.WaitForExit();
    return process.ExitCode;
}

static List<string> Output(string program, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
    List<string> lines = [];
    while (process.StandardOutput.ReadLine() is { } line)
    {
        lines.Add(line);
    }

    return lines;
}
