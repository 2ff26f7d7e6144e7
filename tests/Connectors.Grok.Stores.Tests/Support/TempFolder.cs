namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A folder that goes when the test does.</summary>
internal sealed class TempFolder : IDisposable
{
    private int _files;

    public string Path { get; } = Directory.CreateTempSubdirectory("grok-stores-").FullName;

    public string NewFile() => System.IO.Path.Combine(Path, $"conversations-{Interlocked.Increment(ref _files)}.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
