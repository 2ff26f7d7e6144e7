using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>The uploaded files, in memory, until they expire or are deleted (docs/wire.md#files).</summary>
internal sealed class FileStore(TimeProvider time, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, UploadedFile> _files = new();

    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public IReadOnlyList<UploadedFile> All => [.. _files.Values.Where(file => !IsExpired(file))];

    /// <summary>Adds or replaces a file.</summary>
    /// <returns>Whether the file was saved; false when all files would exceed the limit in bytes.</returns>
    public bool TrySave(UploadedFile file)
    {
        lock (_lock)
        {
            foreach (var (id, _) in _files.Where(entry => IsExpired(entry.Value)))
            {
                _files.TryRemove(id, out _);
            }

            if (!_files.ContainsKey(file.Id) && _files.Values.Sum(static other => (long)other.Content.Bytes.Length) + file.Content.Bytes.Length > maxBytes)
            {
                return false;
            }

            _files[file.Id] = file;
            return true;
        }
    }

    public UploadedFile? Find(string id) => _files.TryGetValue(id, out var file) && !IsExpired(file) ? file : null;

    public bool Remove(string id) => _files.TryRemove(id, out var file) && !IsExpired(file);

    /// <summary>Finds the file with a public URL that has not expired.</summary>
    public UploadedFile? FindPublic(string token) => All.FirstOrDefault(file => file.PublicToken == token && !(file.PublicExpiresAt <= Now));

    private bool IsExpired(UploadedFile file) => file.ExpiresAt <= Now;
}
