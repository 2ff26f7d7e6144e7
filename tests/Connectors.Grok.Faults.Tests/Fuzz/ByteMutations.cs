namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Mutations of bytes, independent of their meaning.</summary>
internal static class ByteMutations
{
    public static IReadOnlyList<Mutation> All(IReadOnlyList<byte[]> others) =>
    [
        new("bits flipped", static (d, r) => Edit(d, r.Next(), Flip)),
        new("bytes inserted", static (d, r) => Edit(d, r.Next(), Insert)),
        new("bytes taken out", static (d, r) => Edit(d, r.Next(), Remove)),
        new("bytes doubled", static (d, r) => Edit(d, r.Next(), Repeat)),
        new("bytes of another answer", (d, r) => Edit(d, r.Next(), (bytes, random) => Splice(bytes, others[random.Next(others.Count)], random))),
        new("bytes end", static (d, r) => Edit(d, r.Next(), static (bytes, random) => bytes[..random.Next(bytes.Length + 1)])),
        new("only noise", static (d, r) => Edit(d, r.Next(), static (bytes, random) => { var noise = new byte[random.Next(600)]; random.NextBytes(noise); return noise; })),
    ];

    private static bool Edit(Draft draft, int seed, Func<byte[], Random, byte[]> change)
    {
        draft.OnBytes.Add(bytes => bytes.Length == 0 ? bytes : change(bytes, new Random(seed)));
        return true;
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        return bytes;
    }

    private static byte[] Insert(byte[] bytes, Random random)
    {
        var some = new byte[random.Next(1, 9)];
        random.NextBytes(some);
        if (random.Next(2) == 0)
        {
            // The structural characters.
            Array.ForEach(Enumerable.Range(0, some.Length).ToArray(), i => some[i] = "{}[]\",:\\\r\n \0e0-"u8[some[i] % 15]);
        }

        var at = random.Next(bytes.Length + 1);
        return [.. bytes[..at], .. some, .. bytes[at..]];
    }

    private static byte[] Remove(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, random.Next(2) == 0 ? 4 : 400))..]];
    }

    private static byte[] Repeat(byte[] bytes, Random random)
    {
        var (at, length) = (random.Next(bytes.Length), random.Next(1, 400));
        var piece = bytes[at..Math.Min(bytes.Length, at + length)];
        return [.. bytes[..at], .. piece, .. bytes[at..]];
    }

    private static byte[] Splice(byte[] bytes, byte[] other, Random random) => [.. bytes[..random.Next(bytes.Length + 1)], .. other[random.Next(other.Length + 1)..]];
}
