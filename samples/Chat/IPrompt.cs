namespace Chat;

/// <summary>Reads messages and decisions from a person.</summary>
internal interface IPrompt
{
    /// <summary>Reads the next message or command, which can have several lines; null when the person exits.</summary>
    string? ReadLine();

    /// <summary>Asks a question; only an explicit yes confirms.</summary>
    bool Confirm(string question);

    /// <summary>Whether an answer to a question is yes.</summary>
    static bool IsYes(string? answer) => answer?.Trim().ToUpperInvariant() is "Y" or "YES";
}
