using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>Exports and imports conversations as files.</summary>
internal static class ConversationFiles
{
    /// <summary>Exports a conversation as JSON.</summary>
    /// <exception cref="UserException">The file exists or cannot be written.</exception>
    public static async Task ExportAsync(ConversationManager conversations, string name, string file, CancellationToken cancellationToken)
    {
        using var document = new MemoryStream();
        await conversations.ExportAsync(name, document, cancellationToken);
        await WriteAsync(file, document.GetBuffer().AsMemory(0, (int)document.Length), cancellationToken);
    }

    /// <summary>Writes a new file.</summary>
    /// <exception cref="UserException">The file exists or cannot be written.</exception>
    public static async Task WriteAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (Path.Exists(file))
        {
            throw new UserException($"{file} already exists. Choose another name.");
        }

        try
        {
            await using var stream = new FileStream(file, FileMode.CreateNew);
            await stream.WriteAsync(content, cancellationToken);
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw new UserException($"{file} cannot be written: {e.Message}");
        }
    }

    /// <summary>Imports a conversation.</summary>
    /// <exception cref="UserException">The file cannot be read or contains no conversation.</exception>
    public static async Task ImportAsync(ConversationManager conversations, string name, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new UserException(Directory.Exists(file) ? $"{file} is a folder. Specify a file in it." : $"{file} does not exist. Check the path.");
        }

        try
        {
            await using var stream = File.OpenRead(file);
            await conversations.ImportAsync(name, stream, cancellationToken: cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new UserException($"{file} cannot be imported. {e.Message}");
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw new UserException($"{file} cannot be read: {e.Message}");
        }
    }

    private static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
