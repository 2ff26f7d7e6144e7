using System.Text;

namespace Chat;

/// <summary>The texts of <c>--help</c> and <c>/help</c>.</summary>
internal static class HelpText
{
    /// <summary>The width from which on descriptions are beside the names instead of below them.</summary>
    private const int MinTableWidth = 72;

    private static readonly (string Name, string Description)[] Usages =
    [
        ("chat [options] [message ...]", "each message is one turn of a conversation"),
        ("... | chat [options]", "each non-empty line is one turn"),
        ("chat [options]", "interactive prompt"),
    ];

    private static readonly (string Name, string Description)[] Options =
    [
        ("--model NAME", "the model (default: GROK_MODEL, or grok-4.7)"),
        ("--system TEXT", "the system prompt of a new conversation"),
        ("--image PATH|URL", "an image for the first message; JPEG or PNG up to 20 MiB; can be repeated"),
        ("--conversation NAME", "store the conversation under this name, or continue it"),
        ("--database FILE", "the file of the conversations (default: grok-chat/conversations.db in the user's data folder); without --conversation, a new conversation is stored under a generated name"),
        ("--continue RESPONSE_ID", "continue from a stored response"),
        ("--budget USD", "stop sending when the conversation has reached this cost"),
        ("--no-store", "xAI stores nothing: the whole history is sent with each turn"),
        ("--encrypted-reasoning", "request the model's reasoning in encrypted form"),
        ("--endpoint URL", "the API's address (default: XAI_BASE_URL, or https://api.x.ai/v1)"),
        ("--json", "one JSON object per turn on standard output; other output goes to standard error"),
        ("--show-wire", "print each request body"),
        ("--help", "print this help"),
    ];

    private static readonly (string Name, string Description)[] CommandNames =
    [
        ("/history", "list all turns and branches, their storage on the server, and the head"),
        ("/search TEXT", "find a text in this conversation with all branches; before its first turn, in all stored conversations"),
        ("/fork N [NAME]", "continue from turn N in a new branch (0: from the beginning), or in a second conversation"),
        ("/rewind [N]", "go back N turns (default: 1)"),
        ("/compact", "replace the turns by a summary in what the model sees; the turns remain"),
        ("/regenerate", "request another answer to the last message; the old answer remains as a branch"),
        ("/reasoning", "show the reasoning of the last answer"),
        ("/usage", "show tokens and cost of this session, and of a stored conversation"),
        ("/delete [yes]", "delete this conversation locally and on the server, and start a new one; asks first in a terminal, except with yes"),
        ("/conversations", "list the stored conversations"),
        ("/switch NAME", "continue or start another conversation"),
        ("/export FILE", "write this conversation with all branches as JSON, or the turns up to the head as Markdown if FILE ends in .md"),
        ("/import FILE", "read an exported JSON document into a conversation without turns"),
        ("/help", "print this help"),
        ("/exit", "exit, as Ctrl+D does, and Ctrl+C pressed twice on an empty line"),
    ];

    private static readonly (string Name, string Description)[] Keys =
    [
        ("Enter", "send the message"),
        ("\\ and Enter", "start a new line, as Alt+Enter and Ctrl+J do; pasted text keeps its lines"),
        ("Ctrl+C", "stop the answer, or clear the message"),
    ];

    /// <summary>Returns the text of <c>--help</c>.</summary>
    /// <param name="width">The width of the output in terminal cells.</param>
    public static string CommandLine(int width) => string.Join(
        "\n",
        Paragraph("Chat with Grok in a terminal, over xAI's Responses API.", width),
        Table(Usages, width),
        "Options:",
        Table(Options, width),
        Paragraph("XAI_API_KEY is the API key. Without a key and an endpoint, a local emulator of the API answers. NO_COLOR disables colors.", width),
        Paragraph("Exit code: 0 all turns succeeded, 2 invalid input or failure (explained in one line on standard error), 130 stopped by Ctrl+C. The interactive prompt exits with 0.", width),
        Commands(width));

    /// <summary>Returns the text of <c>/help</c>.</summary>
    /// <param name="width">The width of the output in terminal cells.</param>
    public static string Commands(int width) => string.Join(
        "\n",
        "Commands, instead of a message:",
        Table(CommandNames, width),
        "Keys:",
        Table(Keys, width).TrimEnd('\n'));

    private static string Paragraph(string text, int width) => TextRows.Wrap(text, width, 0) + "\n";

    private static string Table((string Name, string Description)[] rows, int width)
    {
        var text = new StringBuilder();
        var column = width < MinTableWidth ? 6 : rows.Max(static r => r.Name.Length) + 4;
        foreach (var (name, description) in rows)
        {
            text.Append("  ").Append(width < MinTableWidth ? name + "\n" + new string(' ', column) : name.PadRight(column - 2));
            text.Append(TextRows.Wrap(description, width, column)).Append('\n');
        }

        return text.ToString();
    }
}
