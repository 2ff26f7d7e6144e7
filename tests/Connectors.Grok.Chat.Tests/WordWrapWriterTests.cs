using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class WordWrapWriterTests
{
    private const string Text = "Words wrap, also  when they arrive\nin pieces; abcdefghijklmnopqrstuvwxyz is cut. 日本語の文章は単語の間に空白がない。 Fin";

    [Fact]
    public async Task Words_start_a_new_row_when_they_do_not_fit() => Assert.Equal(
        "one two\nthree\nabcdefgh\nij k\n  x\n", await WriteAsync(8, "one two three abcdefghij k\n  x"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Pieces_of_any_size_give_the_same_rows(int size)
    {
        var pieces = Enumerable.Range(0, (Text.Length + size - 1) / size).Select(i => Text.Substring(i * size, Math.Min(size, Text.Length - (i * size))));
        var rows = await WriteAsync(12, [.. pieces]);
        Assert.Equal(await WriteAsync(12, Text), rows);
        Assert.All(rows.Split('\n'), static row => Assert.InRange(TextRows.TotalCells(row), 0, 12));
    }

    [Fact]
    public async Task Unlimited_width_changes_nothing() => Assert.Equal(Text + "\n", await WriteAsync(int.MaxValue, Text));

    [Fact]
    public async Task Complete_words_are_written_immediately()
    {
        using var screen = new StringWriter { NewLine = "\n" };
        var writer = new WordWrapWriter(screen, static () => 20);
        await writer.WriteAsync("one tw");
        Assert.Equal("one", screen.ToString());
        await writer.WriteAsync("o ");
        Assert.Equal("one two", screen.ToString());
    }

    private static async Task<string> WriteAsync(int width, params string[] pieces)
    {
        using var screen = new StringWriter();
        var writer = new WordWrapWriter(screen, () => width);
        foreach (var piece in pieces)
        {
            await writer.WriteAsync(piece);
        }

        await writer.CompleteAsync();
        return screen.ToString();
    }
}
