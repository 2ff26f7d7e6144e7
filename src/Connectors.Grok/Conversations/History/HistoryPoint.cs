namespace Connectors.Grok.Conversations.History;

/// <summary>A place in a caller's history at which a turn may end.</summary>
/// <param name="Index">The index of the last message before it.</param>
/// <param name="Hash">The hash of all messages up to it.</param>
internal readonly record struct HistoryPoint(int Index, byte[] Hash)
{
    /// <summary>The hash in hexadecimal.</summary>
    public string HashText => Convert.ToHexString(Hash);

    /// <summary>The fingerprint as it stands in stores that have no key.</summary>
    public string Text => Fingerprint.Version + HashText;
}
