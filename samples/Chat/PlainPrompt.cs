namespace Chat;

/// <summary>A prompt without editing, for terminals that cannot draw and for output that goes elsewhere.</summary>
internal sealed class PlainPrompt : IPrompt
{
    public string? ReadLine()
    {
        Console.Error.Write("> ");
        return Console.In.ReadLine();
    }
}
