namespace Chat;

/// <summary>A prompt without line editing, for limited terminals and redirected output.</summary>
internal sealed class PlainPrompt : IPrompt
{
    public string? ReadLine()
    {
        Console.Error.Write("> ");
        var line = Console.In.ReadLine();
        if (line is null)
        {
            // After Ctrl+D the cursor is still on the line of the prompt.
            Console.Error.WriteLine();
        }

        return line;
    }
}
