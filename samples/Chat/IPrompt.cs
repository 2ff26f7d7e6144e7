namespace Chat;

/// <summary>Where a person's lines come from.</summary>
internal interface IPrompt
{
    /// <summary>The next line, or null when the person leaves.</summary>
    string? ReadLine();
}
