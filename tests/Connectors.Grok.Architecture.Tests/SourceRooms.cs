using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>
/// The rooms of one project, and the arrows between them as the compiler sees them. A room is a folder; its name is the folder's path
/// below the project, and empty for files in the project's root. Namespaces and <c>using</c> directives play no part.
/// </summary>
public sealed class SourceRooms
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private const string ImplicitWebUsings = """
        global using System.Net.Http.Json; global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    private static readonly CSharpParseOptions Language = new(
        LanguageVersion.Preview,
        preprocessorSymbols: ["NET", "NETCOREAPP", "NET10_0", .. Enumerable.Range(5, 6).Select(static v => $"NET{v}_0_OR_GREATER")]);

    private readonly Compilation _compilation;
    private readonly HashSet<SyntaxTree> _sources;

    private SourceRooms(Compilation compilation, HashSet<SyntaxTree> sources) => (_compilation, _sources) = (compilation, sources);

    /// <summary>The project's files, relative to its folder.</summary>
    public IReadOnlyList<string> Files => [.. _sources.Select(static t => t.FilePath).Order(StringComparer.Ordinal)];

    /// <summary>The rooms that hold at least one file.</summary>
    public IReadOnlyList<string> Rooms => [.. Files.Select(RoomOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Compile errors. There must be none, because an unresolved name could hide an arrow.</summary>
    public IReadOnlyList<string> Errors =>
        [.. _compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString())];

    /// <summary>Compiles the sources below a folder.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="isWeb">Whether the project has the implicit usings of the web SDK.</param>
    public static SourceRooms Load(string folder, bool isWeb)
    {
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(folder, file), Text: File.ReadAllText(file)))
            .Where(static f => f.Path.Split('/')[0] is not ("bin" or "obj"));
        var sources = files.Select(static f => CSharpSyntaxTree.ParseText(f.Text, Language, f.Path)).ToHashSet<SyntaxTree>();

        var inputs = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "compiler-inputs.txt"));
        var generators = inputs.Where(static i => i.Contains("/analyzers/", StringComparison.Ordinal)).ToList();
        // The project's own assembly would declare every type a second time.
        var references = inputs.Except(generators, StringComparer.Ordinal)
            .Where(static i => !Path.GetFileName(i).StartsWith("Connectors.", StringComparison.Ordinal) && File.Exists(i))
            .Select(static i => MetadataReference.CreateFromFile(i));
        var usings = CSharpSyntaxTree.ParseText(isWeb ? ImplicitUsings + ImplicitWebUsings : ImplicitUsings, Language);
        var compilation = CSharpCompilation.Create(
            Path.GetFileName(folder),
            [.. sources, usings],
            references,
            // Annotations alone: the flow analysis behind nullable warnings would take most of the time, and finds no arrow.
            // The projects suppress this one: types that are experimental in Microsoft.Extensions.AI.
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Annotations, allowUnsafe: true)
                .WithSpecificDiagnosticOptions([new("MEAI001", ReportDiagnostic.Suppress)]));
        var driver = CSharpGeneratorDriver.Create(generators.SelectMany(LoadGenerators), parseOptions: Language);
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        return new(whole, sources);
    }

    /// <summary>Adds files to the rooms.</summary>
    /// <param name="added">The files: their path relative to the project's folder, and their text.</param>
    public SourceRooms With(params IEnumerable<(string Path, string Text)> added)
    {
        var trees = added.Select(static f => CSharpSyntaxTree.ParseText(f.Text, Language, f.Path)).ToList();
        return new(_compilation.AddSyntaxTrees(trees), [.. _sources, .. trees]);
    }

    /// <summary>The room of a file.</summary>
    /// <param name="file">Its path, relative to the project's folder.</param>
    public static string RoomOf(string file) => (Path.GetDirectoryName(file) ?? "").Replace('\\', '/');

    /// <summary>Every arrow between two different rooms, once for each user's line and declaration.</summary>
    public IReadOnlyList<Arrow> Arrows() => [.. _sources.SelectMany(ArrowsFrom).Distinct()];

    /// <summary>The arrows that begin in one file.</summary>
    /// <param name="file">Its path, relative to the project's folder.</param>
    public IReadOnlyList<Arrow> ArrowsFrom(string file) => [.. _sources.Where(t => t.FilePath == file).SelectMany(ArrowsFrom).Distinct()];

    /// <summary>Gets the types of a namespace outside the project that the files of a room use.</summary>
    /// <param name="room">The room.</param>
    /// <param name="namespaceName">The namespace; those below it count as well.</param>
    public IReadOnlyList<string> UsesOf(string room, string namespaceName) =>
    [
        .. _sources.Where(tree => RoomOf(tree.FilePath) == room)
            .SelectMany(Uses, static (tree, use) => (tree.FilePath, Namespace: use.Symbol.ContainingNamespace?.ToDisplayString() ?? "", Name: use.Symbol.ToDisplayString()))
            .Where(use => use.Namespace == namespaceName || use.Namespace.StartsWith(namespaceName + ".", StringComparison.Ordinal))
            .Select(static use => $"{use.FilePath} uses {use.Name}")
            .Distinct(),
    ];

    /// <summary>Types that are declared in more than one room.</summary>
    public IReadOnlyList<string> DividedTypes() =>
        [.. _sources.SelectMany(t => t.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>(), (t, n) => _compilation.GetSemanticModel(t).GetDeclaredSymbol(n)!)
            .Distinct<ISymbol>(SymbolEqualityComparer.Default)
            .Where(s => s.DeclaringSyntaxReferences.Select(static r => r.SyntaxTree).Where(_sources.Contains).Select(static t => RoomOf(t.FilePath)).Distinct().Count() > 1)
            .Select(static s => s.ToDisplayString())];

    private IEnumerable<Arrow> ArrowsFrom(SyntaxTree tree)
    {
        var room = RoomOf(tree.FilePath);
        foreach (var (node, symbol) in Uses(tree))
        {
            var declaration = symbol.DeclaringSyntaxReferences.FirstOrDefault(r => _sources.Contains(r.SyntaxTree));
            if (declaration is not null && RoomOf(declaration.SyntaxTree.FilePath) is var target && target != room)
            {
                yield return new(room, target, Place(tree, node.SpanStart), Place(declaration.SyntaxTree, declaration.Span.Start), symbol.ToDisplayString());
            }
        }
    }

    /// <summary>Every type that a file uses: by name, through a member, or as the type of an expression that is never named.</summary>
    private IEnumerable<(SyntaxNode Node, ISymbol Symbol)> Uses(SyntaxTree tree)
    {
        var model = _compilation.GetSemanticModel(tree);
        // A name inside a using directive is not a use.
        var nodes = tree.GetRoot().DescendantNodes(static n => n is not UsingDirectiveSyntax).Where(static n => n is ExpressionSyntax or ConstructorInitializerSyntax or AttributeSyntax);
        foreach (var node in nodes)
        {
            var type = model.GetTypeInfo(node);
            foreach (var symbol in new[] { model.GetSymbolInfo(node).Symbol, type.Type, type.ConvertedType }.SelectMany(Parts))
            {
                yield return (node, symbol);
            }
        }
    }

    /// <summary>The types that a symbol is made of: a member's own, arguments and elements.</summary>
    private static IEnumerable<ISymbol> Parts(ISymbol? symbol) => symbol switch
    {
        null or INamespaceSymbol or IErrorTypeSymbol => [],
        IArrayTypeSymbol array => Parts(array.ElementType),
        INamedTypeSymbol type => type.TypeArguments.SelectMany(Parts).Append(type.OriginalDefinition),
        ITypeSymbol => [],
        IMethodSymbol method => method.TypeArguments.SelectMany(Parts).Concat(Parts(method.ContainingType)),
        ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol or IDiscardSymbol => [],
        { ContainingType: { } container } => Parts(container),
        _ => [],
    };

    private static string Place(SyntaxTree tree, int position) =>
        $"{tree.FilePath}:{tree.GetLineSpan(new(position, 0)).StartLinePosition.Line + 1}";

    private static IEnumerable<ISourceGenerator> LoadGenerators(string path)
    {
        var reference = new AnalyzerFileReference(path, Loader.Instance);
        return reference.GetGenerators(LanguageNames.CSharp);
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public static readonly Loader Instance = new();

        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) => System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
