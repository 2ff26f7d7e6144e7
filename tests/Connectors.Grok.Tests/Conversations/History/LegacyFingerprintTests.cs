using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;
namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>The hash of storage version 1, by which their turns are found: it must stay the same.</summary>
public class LegacyFingerprintTests
{
    private const int Gathered = 64 * 1024;

    [Theory]
    [InlineData(10)]
    [InlineData(Gathered - 1)]
    [InlineData(Gathered)]
    [InlineData(Gathered + 1)]
    [InlineData(3 * Gathered)]
    public void Fingerprint_does_not_depend_on_how_a_text_of_any_length_is_split(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(static i => (char)('a' + (i % 26))));
        var said = Hash([], 'u', text);
        var answered = Hash(said, 'a', text + "é");
        Assert.Equal(Convert.ToHexString(said), Of([new(ChatRole.User, text)]));
        Assert.Equal(Convert.ToHexString(answered), Of([new(ChatRole.User, text), new(ChatRole.Assistant, text + "é")]));
        Assert.Equal(
            Convert.ToHexString(answered),
            Of([new(ChatRole.User, [new TextContent(text[..5]), new TextContent(text[5..])]), new(ChatRole.Assistant, text), new(ChatRole.Assistant, "é")]));
        Assert.Equal(Convert.ToHexString(Hash([], 'u', text + text + "b" + text)), Of([.. new[] { text, text + "b", text }.Select(static t => new ChatMessage(ChatRole.User, t))]));
    }

    [Fact]
    public void FingerprintPoints_hold_the_hash_up_to_each_assistant_message()
    {
        var part = new string('x', Gathered / 2);
        List<ChatMessage> messages = [new(ChatRole.User, "a"), .. Enumerable.Repeat(new ChatMessage(ChatRole.Assistant, part), 5), new(ChatRole.User, "b")];
        var points = LegacyFingerprint.Points(messages);
        var said = Hash([], 'u', "a");
        Assert.Equal(
            Enumerable.Range(1, 5).Select(n => (Convert.ToHexString(Hash(said, 'a', string.Concat(Enumerable.Repeat(part, n)))), n)),
            points.Select(static p => (p.Key, p.Value)));
    }

    [Fact]
    public void Long_text_is_not_carried_over_into_the_hash_of_later_content()
    {
        var image = new byte[3 * Gathered];
        var text = new string('y', 2 * Gathered);
        var before = Hash([], 'u', text);
        var atom = SHA256.HashData([.. before, (byte)'d', .. image]);
        Assert.Equal(
            Convert.ToHexString(Hash(atom, 'u', "z")),
            Of([new(ChatRole.User, [new TextContent(text), new DataContent(image, "image/png"), new TextContent("z")])]));
    }

    private static byte[] Hash(byte[] before, char speaker, string text) => SHA256.HashData([.. before, (byte)speaker, .. Encoding.UTF8.GetBytes(text)]);

    private static string Of(List<ChatMessage> messages)
    {
        using var fingerprint = LegacyFingerprint.Start();
        messages.ForEach(fingerprint.Add);
        return fingerprint.ToString();
    }
}
