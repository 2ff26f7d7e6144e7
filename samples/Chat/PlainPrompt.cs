namespace Chat;

/// <summary>A prompt without editing, for terminals that cannot draw and for output that goes elsewhere.</summary>
internal sealed class PlainPrompt : IPrompt
{
    public string? ReadLine()
    {
        Console.Error.Write("> ");
        var line = Console.In.ReadLine();
        if (line is null)
        {
            // Ctrl+D leaves the cursor behind the prompt.
            Console.Error.WriteLine();
        }

        return line;
    }
}
