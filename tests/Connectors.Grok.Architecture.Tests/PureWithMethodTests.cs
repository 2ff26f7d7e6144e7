using System.Reflection;
using Connectors.Grok.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>A <c>With…</c> method returns a copy. CA1806 reports a discarded copy; .editorconfig makes it an error in every project.</summary>
public class PureWithMethodTests
{
    private const string Discards = """
        using Connectors.Grok;
        using Connectors.Grok.Conversations;
        using Microsoft.Extensions.AI;
        internal static class Snippet
        {
            public static void Discards(ChatOptions options, DataContent image)
            {
                options.WithStore(true);
                options.WithMaxTurns(3);
                options.WithParentTurn(null);
                image.WithImageDetail("low");
            }

            public static ChatOptions Uses(ChatOptions options) => options.WithStore(true);
        }
        """;

    [Fact]
    public async Task Discarded_result_of_a_With_method_is_reported()
    {
        var found = (await AnalyzeAsync(Discards)).Where(static d => d.Id == "CA1806").Select(static d => d.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal([7, 8, 9, 10], found.Order());
    }

    [Fact]
    public void Discarded_result_is_an_error_in_every_project() =>
        Assert.Contains("\ndotnet_diagnostic.CA1806.severity = error\n", File.ReadAllText(Repository.PathTo(".editorconfig")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Fact]
    public void Every_public_With_method_is_pure()
    {
        var methods = typeof(GrokKeys).Assembly.GetExportedTypes()
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static m => m.Name.StartsWith("With", StringComparison.Ordinal))
            .ToList();
        Assert.True(methods.Count > 10);
        Assert.Empty(methods.Where(static m => m.GetCustomAttribute<System.Diagnostics.Contracts.PureAttribute>() is null).Select(static m => m.Name));
    }

    private static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(string text)
    {
        var inputs = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "compiler-inputs.txt"));
        var analyzers = inputs.Where(static i => Path.GetFileName(i).Contains("NetAnalyzers", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(analyzers);
        // Reference assemblies keep attributes; the package's users compile against the same metadata.
        var references = inputs.Where(static i => !i.Contains("/analyzers/", StringComparison.Ordinal) && File.Exists(i)).Select(static i => MetadataReference.CreateFromFile(i));
        var usings = "global using System;\n";
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(text), CSharpSyntaxTree.ParseText(usings)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary).WithSpecificDiagnosticOptions([new("CA1806", ReportDiagnostic.Error)]));
        Assert.Empty(compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error));
        var all = analyzers.SelectMany(static path => new AnalyzerFileReference(path, Loader.Instance).GetAnalyzers(LanguageNames.CSharp));
        return await compilation.WithAnalyzers([.. all.Where(static a => a.SupportedDiagnostics.Any(static d => d.Id == "CA1806"))]).GetAnalyzerDiagnosticsAsync();
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public static readonly Loader Instance = new();

        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
