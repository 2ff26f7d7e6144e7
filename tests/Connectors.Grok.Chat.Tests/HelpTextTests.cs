using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class HelpTextTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void Help_fits_the_terminal_and_indents_what_it_wraps(int width)
    {
        foreach (var help in new[] { HelpText.Commands(width), HelpText.CommandLine(width) })
        {
            var lines = help.Split('\n');
            Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
            Assert.Contains("Commands, instead of a message:", lines);
            var commands = lines.SkipWhile(static l => !l.StartsWith("Commands", StringComparison.Ordinal)).Skip(1).TakeWhile(static l => l.Length > 0).ToList();
            // A name is indented by two spaces, and its description by more.
            Assert.All(commands, static line => Assert.Matches("^  (/|  )", line));
        }
    }

    [Fact]
    public void Help_without_a_terminal_has_one_line_for_each_command() =>
        Assert.Equal(15, HelpText.Commands(100_000).Split('\n').Count(static l => l.StartsWith("  /", StringComparison.Ordinal) && l.Length > 20));
}
