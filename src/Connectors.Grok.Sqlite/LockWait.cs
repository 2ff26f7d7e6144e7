using System.Diagnostics;

namespace Connectors.Grok.Sqlite;

/// <summary>
/// How long calls wait while another process holds the lock. A call counts from when it began, or from when the lock was first found taken;
/// so calls that queue behind each other fail together instead of one after the other, and waiting for writers of this process does not count.
/// </summary>
internal sealed class LockWait(TimeSpan timeout)
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(5);

    private long? _takenSince;

    public static long Now => Stopwatch.GetTimestamp();

    public TimeSpan Timeout => timeout;

    public static TimeSpan Next(TimeSpan pause) => pause * 2 < MaxPause ? pause * 2 : MaxPause;

    /// <summary>The lock was free.</summary>
    public void Found() => _takenSince = null;

    /// <summary>The lock is taken.</summary>
    /// <param name="start">When the call began.</param>
    /// <param name="file">The file, for the message.</param>
    public void ThrowIfTooLong(long start, string file)
    {
        _takenSince ??= Now;
        ThrowIfTooLong(start, _takenSince.Value, timeout, file);
    }

    public static void ThrowIfTooLong(long start, long takenSince, TimeSpan timeout, string file)
    {
        if (Stopwatch.GetElapsedTime(Math.Max(start, takenSince)) >= timeout)
        {
            throw SqliteErrors.LockedFile(file);
        }
    }
}
