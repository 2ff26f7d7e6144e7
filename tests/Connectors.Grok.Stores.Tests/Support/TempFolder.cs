namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A temporary folder that is deleted with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    private int _files;

    public string Path { get; } = Directory.CreateTempSubdirectory("grok-stores-").FullName;

    public string NewFile() => System.IO.Path.Combine(Path, $"conversations-{Interlocked.Increment(ref _files)}.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
