using Chat;

namespace Connectors.Grok.Chat.Tests;

public sealed class ChatCommandLineTests
{
    [Theory]
    [InlineData(true, true, "--database", "f", "/conversations")]
    [InlineData(true, true, "/conversations")]
    [InlineData(true, true, "/search invoice")]
    [InlineData(true, false, "--database", "f")]
    [InlineData(true, false, "--conversation", "c", "hi", "/conversations")]
    [InlineData(false, false, "hi", "/conversations")]
    [InlineData(false, false)]
    public void File_is_used_for_names_files_and_commands_that_list(bool usesFile, bool onlyLists, params string[] arguments)
    {
        var line = ChatCommandLine.Parse(arguments);
        Assert.Equal((usesFile, onlyLists), (line.UsesFile, line.OnlyLists));
    }

    [Theory]
    [InlineData("--continue", "x", "--database", "f")]
    [InlineData("--continue", "x", "--conversation", "c")]
    public void Continued_response_excludes_stored_conversations(params string[] arguments) =>
        Assert.Throws<UserException>(() => ChatCommandLine.Parse(arguments));
}
