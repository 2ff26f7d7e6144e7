using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>The uploaded files, in memory, until they expire or are deleted (docs/wire.md#files).</summary>
internal sealed class FileStore(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, UploadedFile> _files = new();

    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public IReadOnlyList<UploadedFile> All => [.. _files.Values.Where(file => !IsExpired(file))];

    public void Save(UploadedFile file) => _files[file.Id] = file;

    public UploadedFile? Find(string id) => _files.TryGetValue(id, out var file) && !IsExpired(file) ? file : null;

    public bool Remove(string id) => _files.TryRemove(id, out var file) && !IsExpired(file);

    /// <summary>Finds the file with a public URL that has not expired.</summary>
    public UploadedFile? FindPublic(string token) => All.FirstOrDefault(file => file.PublicToken == token && !(file.PublicExpiresAt <= Now));

    private bool IsExpired(UploadedFile file) => file.ExpiresAt <= Now;
}
