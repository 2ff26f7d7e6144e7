using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class KeyReaderTests
{
    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\rtwo")]
    [InlineData("one\r\ntwo")]
    public void Pasted_lines_are_one_text(string pasted)
    {
        var keys = Reader($"a\e[200~{pasted}\e[201~b");
        Assert.Equal('a', keys.Read().Key.KeyChar);
        Assert.Equal("one\ntwo", keys.Read().Pasted);
        Assert.Equal('b', keys.Read().Key.KeyChar);
        Assert.False(keys.HasNext);
    }

    [Fact]
    public void Pasted_control_characters_are_dropped_and_tabs_are_kept() =>
        Assert.Equal("a\tb[2J", Reader("\e[200~a\tb\0\u0007\u009b\u007f[2J\e[201~").Read().Pasted);

    [Fact]
    public void Paste_begins_when_the_console_reports_the_escape_character_as_the_Alt_key()
    {
        var keys = Reader([new('[', ConsoleKey.None, false, alt: true, false), .. Keys("200~x\e[201~")]);
        Assert.Equal("x", keys.Read().Pasted);
    }

    [Fact]
    public void Paste_without_end_ends_with_Ctrl_C()
    {
        var keys = Reader([.. Keys("\e[200~x"), new('\u0003', ConsoleKey.C, false, false, control: true)]);
        Assert.Equal("", keys.Read().Pasted);
    }

    [Fact]
    public void Unknown_sequences_are_skipped() => Assert.Equal('x', Reader("\e[13;5:1ux").Read().Key.KeyChar);

    [Fact]
    public void Escape_key_is_ignored() => Assert.Equal('x', Reader("\ex").Read().Key.KeyChar);

    [Fact]
    public void Escape_before_Enter_is_Alt_Enter()
    {
        var key = Reader("\e\r").Read().Key;
        Assert.Equal((ConsoleKey.Enter, ConsoleModifiers.Alt), (key.Key, key.Modifiers));
    }

    private static IEnumerable<ConsoleKeyInfo> Keys(string text) => text.Select(static c => new ConsoleKeyInfo(c, c is '\r' or '\n' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));

    private static KeyReader Reader(string text) => Reader(Keys(text));

    private static KeyReader Reader(IEnumerable<ConsoleKeyInfo> keys)
    {
        var queue = new Queue<ConsoleKeyInfo>(keys);
        return new KeyReader(queue.Dequeue, () => queue.Count > 0);
    }
}
