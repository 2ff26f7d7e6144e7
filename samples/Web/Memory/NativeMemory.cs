using System.Runtime.InteropServices;

namespace Web.Memory;

/// <summary>Memory outside .NET's heap, which SQLite uses for the content of a turn: as much as its attachments, several times.</summary>
internal static class NativeMemory
{
    /// <summary><c>M_MMAP_THRESHOLD</c> of glibc's <c>malloc.h</c>.</summary>
    private const int MmapThreshold = -3;

    private const int LargeBlock = 1 << 20;

    private delegate int Mallopt(int parameter, int value);

    /// <summary>
    /// Makes glibc return blocks of a mebibyte and more to the operating system when they are freed. Otherwise it raises that limit to the largest block that was freed, up to
    /// 32 MiB, and keeps such blocks for each thread. Does nothing where there is no glibc.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "mallopt", out var mallopt))
        {
            Marshal.GetDelegateForFunctionPointer<Mallopt>(mallopt)(MmapThreshold, LargeBlock);
        }
    }
}
