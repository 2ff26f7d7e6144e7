namespace Connectors.Grok.Responses;

/// <summary>Bytes that are sent as a data URI. The text of it, nearly three times as large in memory, is made only where somebody asks for it.</summary>
/// <param name="MediaType">The media type.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record InlineData(string MediaType, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The part of a data URI before the base64.</summary>
    public string Prefix => $"data:{MediaType};base64,";

    /// <summary>The data URI.</summary>
    public string ToUri() => Prefix + Convert.ToBase64String(Bytes.Span);
}
