using System.Diagnostics;
using System.Text.RegularExpressions;
using ColorCode;
using ColorCode.Compilation;
using ColorCode.Parsing;

namespace Web.Markdown;

/// <summary>Highlights code with ColorCode. Code that is large, or takes too long, stays plain.</summary>
internal static class CodeHighlighter
{
    private const int MaxLength = 30_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(150);
    private static readonly LimitedCompiler Compiler = new();

    /// <summary>Splits code into texts and scopes, such as keywords and comments; null when it is not highlighted.</summary>
    public static IReadOnlyList<Node>? Highlight(string code, string? language)
    {
        if (language is null || code.Length > MaxLength || Find(language) is not { } found)
        {
            return null;
        }

        var nodes = new List<Node>();
        var started = Stopwatch.GetTimestamp();
        try
        {
            new LanguageParser(Compiler, new Repository()).Parse(code, found, (text, scopes) =>
            {
                if (Stopwatch.GetElapsedTime(started) > MaxTime)
                {
                    throw new RegexMatchTimeoutException();
                }

                Add(nodes, text, scopes);
            });
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }

        // Some grammars drop characters; the text of the answer must not change.
        return string.Concat(nodes.Select(static node => node.Text)) == code ? nodes : null;
    }

    private static ILanguage? Find(string language) => Languages.FindById(language.ToLowerInvariant() switch
    {
        "cs" or "csharp" => "c#",
        "c" or "h" or "hpp" or "c++" or "cc" => "cpp",
        "js" or "jsx" or "mjs" or "node" or "json" or "jsonc" => "javascript",
        "ts" or "tsx" => "typescript",
        "py" or "python3" => "python",
        "fs" or "fsharp" => "f#",
        "vb" or "vbnet" => "vb.net",
        "ps1" or "pwsh" => "powershell",
        "xhtml" or "svg" or "xaml" or "csproj" or "xsl" => "xml",
        "htm" => "html",
        "sqlite" or "postgres" or "postgresql" or "mysql" or "tsql" => "sql",
        var other => other,
    });

    private static void Add(List<Node> nodes, string text, IList<Scope> scopes)
    {
        // Outer scopes contain inner ones; each letter has the class of the innermost.
        var names = new string?[text.Length];
        Paint(names, scopes);
        for (var start = 0; start < text.Length;)
        {
            var end = start + 1;
            while (end < text.Length && names[end] == names[start])
            {
                end++;
            }

            nodes.Add(names[start] is { } name ? new Node("scope") { Name = name, Text = text[start..end] } : new Node("text") { Text = text[start..end] });
            start = end;
        }
    }

    private static void Paint(string?[] names, IEnumerable<Scope> scopes)
    {
        foreach (var scope in scopes)
        {
            if (ClassOf(scope.Name) is { } name && scope.Index >= 0 && scope.Index <= names.Length)
            {
                Array.Fill(names, name, scope.Index, Math.Min(scope.Length, names.Length - scope.Index));
            }

            Paint(names, scope.Children);
        }
    }

    private static string? ClassOf(string scope) => scope switch
    {
        _ when scope.Contains("Comment", StringComparison.Ordinal) || scope.Contains("XML Doc", StringComparison.Ordinal) => "comment",
        _ when scope.Contains("String", StringComparison.Ordinal) || scope is "XML Attribute Value" or "HTML Attribute Value" or "JSON String" => "string",
        _ when scope.Contains("Number", StringComparison.Ordinal) => "number",
        _ when scope.Contains("Keyword", StringComparison.Ordinal) || scope is "Control Keyword" or "JSON Const" or "Built In Value" => "keyword",
        _ when scope.Contains("Name", StringComparison.Ordinal) || scope is "Type" or "JSON Key" or "Constructor" or "Built In Function" => "name",
        _ when scope.Contains("Attribute", StringComparison.Ordinal) || scope.Contains("Variable", StringComparison.Ordinal) => "attribute",
        _ => null,
    };

    /// <summary>Compiles languages to expressions with a time limit.</summary>
    private sealed class LimitedCompiler : ILanguageCompiler
    {
        private readonly LanguageCompiler _compiler = new(new Dictionary<string, CompiledLanguage>(StringComparer.Ordinal), new ReaderWriterLockSlim());
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, CompiledLanguage> _limited = new(StringComparer.Ordinal);

        public CompiledLanguage Compile(ILanguage language) => _limited.GetOrAdd(language.Id, _ =>
        {
            var compiled = _compiler.Compile(language);
            return new CompiledLanguage(compiled.Id, compiled.Name, new Regex(compiled.Regex.ToString(), compiled.Regex.Options, MaxTime), compiled.Captures);
        });
    }

    /// <summary>The languages of ColorCode, for languages inside others.</summary>
    private sealed class Repository : ColorCode.Common.ILanguageRepository
    {
        public IEnumerable<ILanguage> All => Languages.All;

        public ILanguage FindById(string languageId) => Languages.FindById(languageId);

        public void Load(ILanguage language)
        {
        }
    }
}
