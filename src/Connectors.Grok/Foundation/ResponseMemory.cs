using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectors.Grok.Foundation;

/// <summary>A hash for each of the last stored answers, by response id: of the instructions in force after it, or its prompt cache key. The oldest is dropped first. Safe for concurrent use.</summary>
/// <param name="capacity">The largest number of answers.</param>
internal sealed class ResponseMemory(int capacity = 10_000)
{
    private readonly Dictionary<string, UInt128> _hashes = new(StringComparer.Ordinal);
    private readonly Queue<string> _byAge = new();

    /// <summary>A hash of instructions; those that are blank do not count.</summary>
    public static UInt128 HashInstructions(IEnumerable<string> instructions)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\0', instructions.Where(static i => !string.IsNullOrWhiteSpace(i))));
        return BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(bytes));
    }

    /// <summary>Finds the hash that was kept for an answer; null when there is none.</summary>
    public UInt128? Find(string responseId)
    {
        lock (_hashes)
        {
            return _hashes.TryGetValue(responseId, out var hash) ? hash : null;
        }
    }

    /// <summary>Keeps a hash for an answer.</summary>
    public void Add(string responseId, UInt128 hash)
    {
        lock (_hashes)
        {
            if (!_hashes.TryAdd(responseId, hash))
            {
                _hashes[responseId] = hash;
                return;
            }

            _byAge.Enqueue(responseId);
            if (_byAge.Count > capacity)
            {
                _hashes.Remove(_byAge.Dequeue());
            }
        }
    }
}
