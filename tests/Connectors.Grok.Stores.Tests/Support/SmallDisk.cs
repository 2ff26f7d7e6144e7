using System.Diagnostics;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A file system of its own in memory, which can be filled. Only the superuser can mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 256;

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts a disk.</summary>
    /// <returns>Null where that is not possible.</returns>
    public static SmallDisk? TryMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var path = Directory.CreateTempSubdirectory("grok-disk-").FullName;
        if (Programs.Run("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=755", "tmpfs", path))
        {
            return new(path);
        }

        Directory.Delete(path);
        return null;
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (var block = new byte[1 << 20]; block.Length >= 512; block = new byte[block.Length / 2])
        {
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                // A smaller block may still fit.
            }
        }
    }

    /// <summary>Frees the space that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Detached even while a server has a file open there.
        Assert.True(Programs.Run("umount", "-l", Path), $"{Path} cannot be unmounted.");
        Directory.Delete(Path);
    }
}
