namespace Chat;

/// <summary>Something the user got wrong, or that no retry mends. The message is one line: what was wrong, and what to do.</summary>
internal sealed class UserException(string message) : Exception(message);
