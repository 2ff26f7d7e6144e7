using System.Buffers.Binary;
using System.Text;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>A position in a list as a text: base64 of a version, ticks and name.</summary>
internal static class ContinuationToken
{
    private const byte Version = 1;
    private const int Header = 1 + sizeof(long);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Write(ConversationPosition position)
    {
        var bytes = new byte[Header + Strict.GetByteCount(position.Name)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), position.UpdatedAt.UtcTicks);
        Strict.GetBytes(position.Name, bytes.AsSpan(Header));
        return Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <exception cref="ArgumentException">The text is not a token.</exception>
    public static ConversationPosition? Parse(string token, string parameter)
    {
        try
        {
            var base64 = token.Replace('-', '+').Replace('_', '/');
            var bytes = Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
            if (bytes.Length > Header && bytes[0] == Version)
            {
                return new(new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)), TimeSpan.Zero), Strict.GetString(bytes.AsSpan(Header)));
            }
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Told below: not a token, whatever is wrong with it.
        }

        throw new ArgumentException("The text is not the continuation token of a page. Pass ConversationPage.ContinuationToken unchanged.", parameter);
    }
}
