namespace Chat;

/// <summary>A prompt without line editing, for limited terminals and redirected output. A backslash at the end of a line continues the message.</summary>
internal sealed class PlainPrompt : IPrompt
{
    public string? ReadLine()
    {
        var message = "";
        for (var prompt = "> "; ; prompt = ". ")
        {
            if (Read(prompt) is not { } line)
            {
                return message.Length > 0 ? message : null;
            }

            if ((line.Length - line.TrimEnd('\\').Length) % 2 == 0)
            {
                return message + line;
            }

            message += line[..^1] + "\n";
        }
    }

    public bool Confirm(string question) => IPrompt.IsYes(Read($"{question} [y/N] "));

    private static string? Read(string prompt)
    {
        Console.Error.Write(prompt);
        var line = Console.In.ReadLine();
        if (line is null)
        {
            // After Ctrl+D the cursor is still on the line of the prompt.
            Console.Error.WriteLine();
        }

        return line;
    }
}
