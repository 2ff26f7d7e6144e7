using System.Text;
using Web.Markdown;

namespace Connectors.Grok.Web.Tests.Markdown;

/// <summary>The trees of answers.</summary>
public class MarkdownTreeTests
{
    [Theory]
    [InlineData("One *two* **three** ~~four~~ `five`", "<paragraph>One <emphasis>two</emphasis> <strong>three</strong> <deleted>four</deleted> <code-span>five</code-span></paragraph>")]
    [InlineData("# Title\n\nText\\\nnext", "<heading 1>Title</heading><paragraph>Text<break/>next</paragraph>")]
    [InlineData("Title\n===\n\n---", "<heading 1>Title</heading><rule/>")]
    [InlineData("3. three\n4. four", "<list 3><item>three</item><item>four</item></list>")]
    [InlineData("- a\n  - b\n\n    more", "<list><item>a<list loose><item><paragraph>b</paragraph><paragraph>more</paragraph></item></list></item></list>")]
    [InlineData("- [x] done\n- [ ] open", "<list><item><checkbox set/> done</item><item><checkbox/> open</item></list>")]
    [InlineData("> quoted\n> > twice", "<quote><paragraph>quoted</paragraph><quote><paragraph>twice</paragraph></quote></quote>")]
    [InlineData("a | b\n-|-:\n1 | **2**", "<table><row set><cell>a</cell><cell right>b</cell></row><row><cell>1</cell><cell right><strong>2</strong></cell></row></table>")]
    [InlineData("```rust\nlet a = 1;\n```", "<code rust>let a = 1;</code>")]
    [InlineData("    indented <b>", "<code>indented <b></code>")]
    [InlineData("```\n<script>\n```", "<code><script></code>")]
    [InlineData("H~2~O, x^2^, ++new++, ==mark==", "<paragraph>H<subscript>2</subscript>O, x<superscript>2</superscript>, <inserted>new</inserted>, <marked>mark</marked></paragraph>")]
    [InlineData("$a_1*b*c$ and \\(x^2\\)", "<paragraph><math>a_1*b*c</math> and <math>x^2</math></paragraph>")]
    [InlineData("$$\na = b\n$$", "<math-block>a = b</math-block>")]
    [InlineData("It costs $5 and $6.", "<paragraph>It costs $5 and $6.</paragraph>")]
    [InlineData("<b onclick=x>&amp; &lt;</b>", "<paragraph><b onclick=x>& <</b></paragraph>")]
    [InlineData("<script>alert(1)</script>", "<paragraph><script>alert(1)</script></paragraph>")]
    [InlineData("![alt](https://a.example/x.png)", "<paragraph><link https://a.example/x.png>alt</link></paragraph>")]
    [InlineData("[[1]](https://a.example/) and [2](https://b.example/)", "<paragraph><citation https://a.example/>1</citation> and <link https://b.example/>2</link></paragraph>")]
    [InlineData("[text][1]\n\n[1]: https://a.example/", "<paragraph><link https://a.example/>text</link></paragraph>")]
    [InlineData("see https://a.example/b. And <mailto:me@a.example>", "<paragraph>see <link https://a.example/b>https://a.example/b</link>. And <link mailto:me@a.example>mailto:me@a.example</link></paragraph>")]
    [InlineData("a [b c", "<paragraph>a [b c</paragraph>")]
    [InlineData("", "")]
    public void Construct_becomes_a_node(string markdown, string expected) => Assert.Equal(expected, Write(GrowingAnswer.Parse(markdown).Blocks));

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("&#106;avascript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/api/visit")]
    [InlineData("//evil.example/")]
    public void Address_of_another_scheme_is_not_a_link(string address)
    {
        var blocks = GrowingAnswer.Parse($"[click]({address}) <{address}> ![pic]({address})").Blocks;
        Assert.DoesNotContain(Flatten(blocks), static node => node.Href is not null);
        Assert.Contains("click", Write(blocks), StringComparison.Ordinal);
    }

    [Fact]
    public void Address_of_a_link_has_an_ascii_host()
    {
        var link = Assert.Single(Flatten(GrowingAnswer.Parse("[paypal](https://р\u0430ypal.example:8080/ü?q=ü)").Blocks), static node => node.Href is not null);
        Assert.StartsWith("https://xn--", link.Href, StringComparison.Ordinal);
        Assert.All(link.Href!, static letter => Assert.True(char.IsAscii(letter)));
    }

    [Theory]
    [InlineData("csharp", "var a = \"b\"; // c", "keyword", "var")]
    [InlineData("py", "def f(): return 1", "keyword", "def")]
    [InlineData("json", "{\"a\": \"b\"}", "string", "\"b\"")]
    [InlineData("html", "<p class=\"a\">", "name", "p")]
    public void Code_is_highlighted_and_its_text_is_unchanged(string language, string code, string scope, string text)
    {
        var block = Assert.Single(GrowingAnswer.Parse($"```{language}\n{code}\n```").Blocks);
        Assert.Equal(("code", language), (block.Type, block.Name));
        Assert.Equal(code, string.Concat(block.Nodes!.Select(static node => node.Text)));
        Assert.Contains(block.Nodes!, node => (node.Type, node.Name, node.Text) == ("scope", scope, text));
    }

    [Fact]
    public void Code_that_is_too_long_stays_plain()
    {
        var code = string.Concat(Enumerable.Repeat("var a = \"b\";\n", 4_000)).TrimEnd();
        Assert.Equal(code, Assert.Single(GrowingAnswer.Parse($"```cs\n{code}\n```").Blocks).Text);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_text_of_a_mebibyte_is_parsed_in_parts_and_keeps_its_text(string piece)
    {
        // Without the limits several of these take minutes. The guard is generous, because tests run concurrently on machines of any speed.
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var nodes = Flatten(GrowingAnswer.Parse(text).Blocks).ToList();
        Assert.InRange(nodes.Count, 0, 90_000);
        Assert.DoesNotContain(nodes, static node => node.Href?.StartsWith("http", StringComparison.Ordinal) == false);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(120), $"{System.Diagnostics.Stopwatch.GetElapsedTime(started)}");
        // Definitions of links and entities have no letters in the text.
        var letters = piece[0] == '&' || piece.StartsWith("[a]:", StringComparison.Ordinal) ? 0 : piece.Count(char.IsAsciiLetter);
        Assert.InRange(nodes.Sum(static node => (node.Text ?? "").Count(char.IsAsciiLetter)), letters > 0 ? (1 << 20) / piece.Length / 2 : 0, long.MaxValue);
    }

    public static TheoryData<string> Hostile =>
    [
        "[", "]", "![", "[a](", "](", "`", "` `` ", "*a ", "_a*b ", "**a*", "> ", ">", "- ", "1. ", "|", "a|b\n-|-\n", "<a ", "<script>alert(1)</script>", "[a](javascript:x) ",
        "[a]: b\n", "[[", "$a ", "~a", "\\(", "x", "a\n\n", "&amp;", "\n- a\n  ", "***a***", "<!-- ", "\0",
    ];

    private static IEnumerable<Node> Flatten(IEnumerable<Node> nodes) => nodes.SelectMany(static node => Flatten(node.Nodes ?? []).Prepend(node));

    /// <summary>Writes nodes as tags, for comparison.</summary>
    internal static string Write(IEnumerable<Node> nodes)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
        {
            if (node.Type == "text")
            {
                text.Append(node.Text);
                continue;
            }

            string?[] parts = [node.Type, node.Level?.ToString(), node.Start?.ToString(), node.IsLoose ? "loose" : null, node.IsSet ? "set" : null, node.Href, node.Name];
            var head = string.Join(' ', parts.Where(static part => part is not null));
            text.Append(node.Text is null && node.Nodes is null ? $"<{head}/>" : $"<{head}>{node.Text}{Write(node.Nodes ?? [])}</{node.Type}>");
        }

        return text.ToString();
    }
}
