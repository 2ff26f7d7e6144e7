using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class LineBufferTests
{
    private readonly LineBuffer _line = new();

    [Fact]
    public void Backslash_before_the_cursor_becomes_a_line_feed()
    {
        _line.Set("one\\");
        Assert.True(_line.ContinueLine());
        _line.Insert("two");
        Assert.Equal("one\ntwo", _line.Text);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("one\\\\")]
    [InlineData("")]
    public void Line_is_not_continued_without_a_single_backslash(string text)
    {
        _line.Set(text);
        Assert.False(_line.ContinueLine());
        Assert.Equal(text, _line.Text);
    }

    [Fact]
    public void Keys_for_lines_move_within_the_text_of_several_lines()
    {
        _line.Set("first\nab\nthird");
        Assert.False(_line.Down());
        Assert.True(_line.Up());
        Assert.Equal("first\nab".Length, _line.Cursor);
        _line.Home();
        Assert.Equal("first\n".Length, _line.Cursor);
        _line.EndOfLine();
        Assert.True(_line.Up());
        Assert.Equal(2, _line.Cursor);
        Assert.False(_line.Up());
        _line.DeleteToEnd();
        Assert.Equal("fi\nab\nthird", _line.Text);
        Assert.True(_line.Down());
        _line.DeleteToStart();
        Assert.Equal("fi\n\nthird", _line.Text);
    }

    [Fact]
    public void Moving_between_lines_does_not_end_inside_a_character()
    {
        _line.Set("abc\n👨‍👩‍👧x");
        _line.Up();
        _line.EndOfLine();
        _line.Down();
        Assert.Equal("abc\n".Length, _line.Cursor);
    }
}
