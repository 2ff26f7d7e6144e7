using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations.History;

namespace Connectors.Grok.Tests.Conversations.History;

public class Sha256WriterTests
{
    private const int Buffer = 16 * 1024;

    [Fact]
    public void Hash_equals_that_of_the_platform_however_the_data_is_cut_and_asked_for()
    {
        var random = new Random(32);
        using var writer = new Sha256Writer();
        for (var round = 0; round < 300; round++)
        {
            using var all = new MemoryStream();
            for (var piece = random.Next(6); piece > 0; piece--)
            {
                if (random.Next(2) == 0)
                {
                    var bytes = new byte[Length(random)];
                    random.NextBytes(bytes);
                    writer.Write(bytes);
                    all.Write(bytes);
                }
                else
                {
                    var text = string.Concat(Enumerable.Repeat("aé€😀", Length(random) / 9));
                    writer.Write(text);
                    all.Write(Encoding.UTF8.GetBytes(text));
                }

                if (random.Next(3) == 0)
                {
                    Assert.Equal(SHA256.HashData(all.ToArray()), writer.ToHash());
                }
            }

            Assert.Equal(all.Length == 0, writer.IsEmpty);
            Assert.Equal(SHA256.HashData(all.ToArray()), writer.ToHash());
            writer.Clear();
            Assert.True(writer.IsEmpty);
        }
    }

    // In a loop: an attribute is UTF-8, and cannot hold half a pair.
    [Fact]
    public void Half_a_surrogate_pair_is_replaced()
    {
        foreach (var text in new[] { "\ud83d", "\ude00x", "x\ud83d", "x\ude00\ud83dx" })
        {
            using var writer = new Sha256Writer();
            writer.Write(text);
            Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace('\ud83d', '\ufffd').Replace('\ude00', '\ufffd'))), writer.ToHash());
        }
    }

    private static int Length(Random random) => random.Next(4) switch
    {
        0 => random.Next(10),
        1 => Buffer - 5 + random.Next(10),
        2 => random.Next(5 * Buffer),
        _ => random.Next(1_000),
    };
}
