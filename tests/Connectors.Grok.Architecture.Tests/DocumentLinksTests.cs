using System.Text.RegularExpressions;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>
/// Links in documents resolve: a relative link of a Markdown file names a file or folder of the repository, and its anchor a heading, as
/// GitHub derives anchors from headings. Links to other sites are checked for their form only, because tests use no network.
/// </summary>
public partial class DocumentLinksTests
{
    public static TheoryData<string> Documents => [.. MarkdownFiles("").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_links_resolve(string document)
    {
        var broken = BrokenLinks(document, File.ReadLines(Repository.PathTo(document)));
        Assert.True(broken.Count == 0, $"{document}:\n{string.Join('\n', broken)}");
    }

    [Theory]
    [InlineData("[a](docs/wire.md), [a](docs), ![a](docs/speed.svg \"title\"), [a](docs/wire.md#usage-and-cost), [a](https://docs.x.ai/)", null)]
    [InlineData("[a](docs/none.md)", "docs/none.md: there is no such file or folder")]
    [InlineData("[`a`](docs/none.md#wire)", "docs/none.md#wire: there is no such file or folder")]
    [InlineData("[a]: docs/none.md", "docs/none.md: there is no such file or folder")]
    [InlineData("[a](../README.md)", "../README.md: there is no such file or folder")]
    [InlineData("[a](docs/wire.md#none)", "docs/wire.md#none: there is no such heading")]
    [InlineData("[a](#none)", "#none: there is no such heading")]
    [InlineData("[a](ftp://docs.x.ai/)", "ftp://docs.x.ai/: this is not an address of a web page")]
    [InlineData("[a](https://docs)", "https://docs: this is not an address of a web page")]
    [InlineData("Code has no links: `[a](docs/none.md)`", null)]
    [InlineData("```\n[a](docs/none.md)\n```", null)]
    public void Broken_link_is_found(string text, string? broken)
    {
        string[] expected = broken is null ? [] : [broken];
        Assert.Equal(expected, BrokenLinks("README.md", text.Split('\n')));
    }

    [Theory]
    [InlineData("What is `store: true` for?", "what-is-store-true-for")]
    [InlineData("[Links](docs/wire.md) & more_or_less", "links--more_or_less")]
    [InlineData("Ünïcode 2 – yes", "ünïcode-2--yes")]
    public void Heading_anchor_equals_the_one_of_GitHub(string heading, string anchor) => Assert.Equal(anchor, AnchorOf(heading));

    [Fact]
    public void Headings_with_the_same_text_get_numbered_anchors()
    {
        string[] document = ["# A", "## A", "### A ###", "```", "# In code", "```", "<a id=\"by-hand\"></a>"];
        string[] anchors = ["a", "a-1", "a-2", "by-hand"];
        Assert.Equal(anchors, AnchorsIn(document).Order(StringComparer.Ordinal));
    }

    /// <summary>Comments cite sections of docs/wire.md; the compiler does not check these citations.</summary>
    [Fact]
    public void Wire_page_sections_cited_in_sources_exist()
    {
        var cited = Directory.GetFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => WireSection().Matches(File.ReadAllText(file)).Select(match => (File: file, Section: match.Groups["section"].Value)))
            .ToList();
        Assert.NotEmpty(cited);
        var sections = AnchorsIn(File.ReadLines(Repository.PathTo("docs/wire.md")));
        Assert.All(cited, c => Assert.Contains(c.Section, sections));
    }

    /// <summary>Documents send contributors to test classes; the compiler does not check these names either. <c>XTests</c> stands for any.</summary>
    [Fact]
    public void Test_classes_named_in_documents_exist()
    {
        var classes = Directory.GetFiles(Repository.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(static f => Path.GetFileNameWithoutExtension(f)).Append("XTests").ToHashSet(StringComparer.Ordinal);
        var named = MarkdownFiles("").SelectMany(static d => InlineCode().Matches(File.ReadAllText(Repository.PathTo(d))).SelectMany(static c => TestClass().Matches(c.Value)).Select(c => (Document: d, Class: c.Value))).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.Contains(n.Class, classes));
    }

    private static List<string> BrokenLinks(string document, IEnumerable<string> lines)
    {
        var broken = new List<string>();
        foreach (var line in Prose(lines))
        {
            foreach (Match match in Link().Matches(InlineCode().Replace(line, "")))
            {
                var link = match.Groups["target"].Value;
                if (FaultOf(document, link) is { } fault)
                {
                    broken.Add($"{link}: {fault}");
                }
            }
        }

        return broken;
    }

    private static string? FaultOf(string document, string link)
    {
        if (link.Split('/', '#')[0].Contains(':', StringComparison.Ordinal))
        {
            var isPage = Uri.TryCreate(link, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                && (address.IsLoopback || address.Host.Contains('.', StringComparison.Ordinal));
            return isPage ? null : "this is not an address of a web page";
        }

        var parts = link.Split('#', 2);
        var file = document;
        if (parts[0].Length > 0)
        {
            var folder = Repository.PathTo(Path.GetDirectoryName(document) ?? "");
            file = Path.GetRelativePath(Repository.PathTo(), Path.Combine(folder, Uri.UnescapeDataString(parts[0])));
        }

        var path = Repository.PathTo(file);
        if (file.StartsWith("..", StringComparison.Ordinal) || !(File.Exists(path) || Directory.Exists(path)))
        {
            return "there is no such file or folder";
        }

        return parts.Length == 1 || !file.EndsWith(".md", StringComparison.Ordinal) || AnchorsIn(File.ReadLines(path)).Contains(parts[1])
            ? null
            : "there is no such heading";
    }

    /// <summary>The anchors of a document: one for each heading, and those that are written as HTML.</summary>
    private static HashSet<string> AnchorsIn(IEnumerable<string> lines)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in Prose(lines))
        {
            foreach (Match match in HtmlAnchor().Matches(line))
            {
                anchors.Add(match.Groups["id"].Value);
            }

            if (Heading().Match(line) is { Success: true } heading)
            {
                var anchor = AnchorOf(heading.Groups["text"].Value);
                var count = counts.GetValueOrDefault(anchor);
                counts[anchor] = count + 1;
                anchors.Add(count == 0 ? anchor : $"{anchor}-{count}");
            }
        }

        return anchors;
    }

    /// <summary>In lower case, without punctuation, with hyphens for spaces.</summary>
    private static string AnchorOf(string heading)
    {
        var text = InlineLink().Replace(heading, "${text}");
        var kept = text.Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(char.ToLowerInvariant);
        return string.Concat(kept).Replace(' ', '-');
    }

    /// <summary>The lines outside fenced code.</summary>
    private static IEnumerable<string> Prose(IEnumerable<string> lines)
    {
        string? fence = null;
        foreach (var line in lines)
        {
            var start = line.TrimStart();
            var marker = start.StartsWith("```", StringComparison.Ordinal) ? "```" : start.StartsWith("~~~", StringComparison.Ordinal) ? "~~~" : null;
            if (marker is not null && (fence is null || fence == marker))
            {
                fence = fence is null ? marker : null;
            }
            else if (fence is null)
            {
                yield return line;
            }
        }
    }

    /// <summary>The Markdown files of the repository, relative to it: those that are committed, by the rules of <c>.gitignore</c>.</summary>
    private static IEnumerable<string> MarkdownFiles(string folder)
    {
        var path = Repository.PathTo(folder);
        var files = Directory.GetFiles(path, "*.md").Select(static f => Path.GetFileName(f)).Where(static name => !name.Contains(".received.", StringComparison.Ordinal));
        var folders = Directory.GetDirectories(path).Select(static f => Path.GetFileName(f))
            .Where(static name => name is not ("artifacts" or "bin" or "obj" or "node_modules" or "StrykerOutput") && (name == ".github" || !name.StartsWith('.')));
        return files.Select(name => Path.Combine(folder, name)).Concat(folders.SelectMany(name => MarkdownFiles(Path.Combine(folder, name))));
    }

    [GeneratedRegex(@"docs/wire\.md#(?<section>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WireSection();

    /// <summary>The target of a link or image, or of a link's definition on a line of its own.</summary>
    [GeneratedRegex("""\]\((?<target>[^)\s]+)(?:\s+"[^"]*")?\)|^ {0,3}\[[^\]]+\]:\s+(?<target>\S+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("""\[(?<text>[^\]]*)\]\([^)]*\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineLink();

    [GeneratedRegex("""(?<!`)(?<ticks>`+)(?!`).+?(?<!`)\k<ticks>(?!`)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineCode();

    [GeneratedRegex("""^ {0,3}#{1,6}\s+(?<text>.*?)\s*#*\s*$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*Tests\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestClass();

    [GeneratedRegex("""<a\s+(?:id|name)="(?<id>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HtmlAnchor();
}
