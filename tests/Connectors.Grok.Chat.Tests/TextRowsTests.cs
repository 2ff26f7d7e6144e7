using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class TextRowsTests
{
    [Theory]
    [InlineData("", 10, "")]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("abcdefghijkl", 5, "abcde|fghij|kl")]
    [InlineData("an abcdefghijkl", 5, "an|abcde|fghij|kl")]
    [InlineData("one\n\ntwo", 5, "one||two")]
    [InlineData("one\r\ntwo", 5, "one|two")]
    [InlineData("end    next", 3, "end|nex|t")]
    [InlineData("日本語日本語", 5, "日本|語日|本語")]
    [InlineData("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4, "👨‍👩‍👧👨‍👩‍👧|👨‍👩‍👧")]
    public void Text_is_divided_between_words_or_inside_words_that_are_longer_than_a_row(string text, int cells, string expected) =>
        Assert.Equal(expected.Split('|'), TextRows.Divide(text, cells).Select(row => text[row.Start..row.End].TrimEnd(' ')));

    [Fact]
    public void Rows_contain_every_character_except_line_feeds()
    {
        const string Text = "  leading, a   gap and trailing  \nsecond  line ";
        var rows = TextRows.Divide(Text, 6);
        Assert.Equal(Text.Replace("\n", "", StringComparison.Ordinal), string.Concat(rows.Select(row => Text[row.Start..row.End])));
    }

    [Fact]
    public void Wrapped_text_is_indented_except_for_its_first_row() => Assert.Equal("one two\n    three", TextRows.Wrap("one two three", 11, 4));

    [Fact]
    public void Tabs_and_unsafe_characters_are_shown_in_the_number_of_cells_that_rows_assume()
    {
        Assert.Equal("a    b\uFFFD", TextRows.Show("a\tb\u001b"));
        Assert.Equal(7, TextRows.TotalCells("a\tb\u001b"));
    }
}
