namespace Chat;

/// <summary>Reads lines from a person.</summary>
internal interface IPrompt
{
    /// <summary>Reads the next line; null when the person exits.</summary>
    string? ReadLine();
}
