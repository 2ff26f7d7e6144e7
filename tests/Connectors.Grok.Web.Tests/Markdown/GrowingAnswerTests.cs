using System.Text.Json;
using Connectors.Grok.Tests.Support;
using Web;
using Web.Markdown;

namespace Connectors.Grok.Web.Tests.Markdown;

/// <summary>Answers that grow piece by piece.</summary>
public class GrowingAnswerTests
{
    private const string Sample =
        "# Heading\n\nA paragraph with **bold** and `code`.\nSecond line.\n\n- one\n- two\n  - nested *item*\n\n1. first\n2. second\n\n> A quote\n> goes on\n\n"
        + "a | b\n--|--\n1 | 2\n3 | 4\n\n```cs\nvar a = 1; // note\n\nvar b = 2;\n```\n\n$$\nx\n$$\n\nThe end, see [site](https://a.example/) and https://b.example/x.\n\n---\n\n- [x] task\n";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(400)]
    public void Applied_changes_give_the_tree_of_the_whole_text(int size)
    {
        var blocks = new List<MutableNode>();
        var text = "";
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, piece =>
        {
            text += piece.Text;
            MutableNode.Apply(blocks, piece.Changes);
        });
        foreach (var piece in Sample.Chunk(size))
        {
            answer.Add(new string(piece));
        }

        answer.Complete();
        Assert.Equal(Sample, text);
        Assert.Equal(MarkdownTreeTests.Write(GrowingAnswer.Parse(Sample).Blocks), MarkdownTreeTests.Write(blocks.Select(static block => block.ToNode())));
    }

    [Fact]
    public void Long_list_table_and_code_are_not_sent_again_for_each_word()
    {
        // With the whole last block in each event this would be more than 100 times the size of the text.
        var source = string.Concat(Enumerable.Range(0, 400).Select(static n => $"- item {n} of a long list\n")) + "\na | b\n-|-\n"
            + string.Concat(Enumerable.Range(0, 400).Select(static n => $"cell {n} | with words\n")) + "\n```rust\n" + string.Concat(Enumerable.Range(0, 400).Select(static n => $"let x{n} = {n};\n")) + "```\n";
        var sent = 0L;
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, piece => sent += piece.Changes.Sum(Size));
        foreach (var piece in source.Chunk(12))
        {
            answer.Add(new string(piece));
        }

        answer.Complete();
        Assert.InRange(sent, source.Length / 2, source.Length * 20);
    }

    [Fact]
    public void Pieces_that_arrive_fast_are_reported_together()
    {
        var clock = new ManualTime();
        var pieces = new List<string>();
        using var answer = new GrowingAnswer(TimeSpan.FromMilliseconds(40), clock, piece => pieces.Add(piece.Text));
        clock.Advance(TimeSpan.FromSeconds(1));
        answer.Add("a");
        answer.Add("b");
        answer.Add("c");
        Assert.Equal(["a"], pieces);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["a", "bc"], pieces);
        answer.Add("d");
        answer.Add("e");
        answer.Complete();
        Assert.Equal(["a", "bc", "de"], pieces);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(3, pieces.Count);
    }

    [Fact]
    public void Failure_of_a_delayed_report_is_thrown_by_the_next_call()
    {
        // On the timer's thread it would end the process.
        var clock = new ManualTime();
        using var answer = new GrowingAnswer(TimeSpan.FromMilliseconds(40), clock, static piece => _ = piece.Text == "b" ? throw new InvalidOperationException("Full.") : true);
        clock.Advance(TimeSpan.FromSeconds(1));
        answer.Add("a");
        answer.Add("b");
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("Full.", Assert.Throws<InvalidOperationException>(() => answer.Add("c")).Message);
        Assert.Throws<InvalidOperationException>(answer.Complete);
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("> - 1. ")]
    [InlineData("***a ")]
    [InlineData("~~a ==b ")]
    public void Deeply_nested_answers_are_written_as_events_and_as_views(string nesting)
    {
        var text = string.Concat(Enumerable.Repeat(nesting, 2_000)) + "x\n\nEnd.";
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, static piece => Assert.NotEmpty(JsonSerializer.Serialize(piece, WebJson.Default.AnswerPiece)));
        foreach (var piece in text.Chunk(5_000))
        {
            answer.Add(new string(piece));
        }

        answer.Complete();
        var tree = new List<Node>(GrowingAnswer.Parse(text).Blocks);
        Assert.NotEmpty(JsonSerializer.Serialize(new AnswerPiece(text, [new Change([], 0, tree, null)]), WebJson.Default.AnswerPiece));
    }

    [Theory]
    [InlineData("a | b\n-|-\n1 | 2\n", "ne", "table")]
    [InlineData("Some words:\n", "-", "paragraph")]
    public void Beginning_of_a_line_does_not_change_the_lines_before_it(string text, string start, string type)
    {
        var changes = new List<Change>();
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, piece => changes.AddRange(piece.Changes));
        answer.Add(text);
        Assert.Equal(type, changes[^1].Nodes![^1].Type);
        var count = changes.Count;
        answer.Add(start);
        Assert.Equal(count, changes.Count);
    }

    [Fact]
    public void Open_code_grows_by_its_text_and_is_highlighted_when_it_closes()
    {
        var changes = new List<Change>();
        using var answer = new GrowingAnswer(TimeSpan.Zero, TimeProvider.System, piece => changes.AddRange(piece.Changes));
        answer.Add("```cs\nvar a");
        answer.Add(" = 1;");
        Assert.Equal(" = 1;", changes[^1].Append);
        Assert.Equal([0], changes[^1].At);
        answer.Add("\n```\n");
        Assert.Contains(changes[^1].Nodes!.Single().Nodes!, static node => node is { Type: "scope", Text: "var" });
    }

    private static long Size(Change change) => 20 + (change.Append?.Length ?? 0) + (change.Nodes ?? []).Sum(Size);

    private static long Size(Node node) => 20 + (node.Text?.Length ?? 0) + (node.Nodes ?? []).Sum(Size);

    /// <summary>Applies changes as the page does.</summary>
    private sealed class MutableNode(Node node)
    {
        private string? _text = node.Text;
        private readonly List<MutableNode> _nodes = [.. (node.Nodes ?? []).Select(static child => new MutableNode(child))];

        public static void Apply(List<MutableNode> blocks, IEnumerable<Change> changes)
        {
            foreach (var change in changes)
            {
                var (nodes, target) = (blocks, (MutableNode?)null);
                foreach (var index in change.At)
                {
                    target = nodes[index];
                    nodes = target._nodes;
                }

                if (change.Append is { } text)
                {
                    target!._text += text;
                    continue;
                }

                nodes.RemoveRange(change.From!.Value, nodes.Count - change.From.Value);
                nodes.AddRange(change.Nodes!.Select(static child => new MutableNode(child)));
            }
        }

        public Node ToNode() => node with { Text = _text, Nodes = node.Nodes is null ? null : [.. _nodes.Select(static child => child.ToNode())] };
    }
}
