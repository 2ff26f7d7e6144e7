using Connectors.Grok.Foundation;

namespace Connectors.Grok.Tests.Foundation;

public class PrintableTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("ticket-4711 / Übung \U0001F600 \\n", "ticket-4711 / Übung \U0001F600 \\n")]
    [InlineData("a\r\nb\tc\0", "a\\u000D\\u000Ab\\u0009c\\u0000")]
    [InlineData("\u001B[31mred\u007F\u0085", "\\u001B[31mred\\u007F\\u0085")]
    [InlineData("a\u2028b\u2029\u202Ec\u2066d\u200E", "a\\u2028b\\u2029\\u202Ec\\u2066d\\u200E")]
    [InlineData("\u061C\u200F", "\\u061C\\u200F")]
    public void Escape_replaces_what_would_leave_the_line(string? text, string expected) => Assert.Equal(expected, PrintableText.Escape(text));

    [Fact]
    public void Escape_replaces_halves_of_surrogate_pairs()
    {
        Assert.Equal("\\uD83Da", PrintableText.Escape("\uD83Da"));
        Assert.Equal("\\uDE00", PrintableText.Escape("\uDE00"));
        Assert.Equal("a\\uDE00\\uD83D", PrintableText.Escape("a\uDE00\uD83D"));
    }

    [Fact]
    public void Escape_cuts_long_texts_but_no_character()
    {
        var longest = new string('x', 200);
        Assert.Same(longest, PrintableText.Escape(longest));
        Assert.Equal(longest + "… (201 characters)", PrintableText.Escape(longest + "y"));
        Assert.Equal(longest[1..] + "\\uD83D… (201 characters)", PrintableText.Escape(longest[1..] + "\U0001F600"));
    }
}
