namespace Chat;

/// <summary>A key, or a pasted text.</summary>
/// <param name="Key">The key; without meaning for a pasted text.</param>
/// <param name="Pasted">The pasted text with line feeds between its lines; null for a key.</param>
internal readonly record struct Input(ConsoleKeyInfo Key, string? Pasted = null);
