namespace Chat;

/// <summary>Invalid input, or a failure that a retry does not fix. The message is one line that says what happened and what to do.</summary>
internal sealed class UserException(string message) : Exception(message);
