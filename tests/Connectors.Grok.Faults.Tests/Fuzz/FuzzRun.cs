using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Faults.Tests.Support;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Runs many cases on all cores, and records their results.</summary>
internal sealed class FuzzRun(int count, ulong seed)
{
    /// <summary>The maximum time of the library for one case.</summary>
    public static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(1);

    private const int MostFailures = 1000;

    // Measured over millions of cases: see the report of the command. Small cases cost a constant, large ones a multiple of their size.
    private const long AllocatedAnyway = 1024 * 1024;
    private const long AllocatedPerByte = 200;
    // Without optimization, each read of a piece, which may be one byte, allocates some objects.
    private const long AllocatedPerPiece = 1024;

    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<int> _slow = new();
    private readonly ConcurrentDictionary<(int Worker, string Word), long> _outcomes = new();
    private readonly ConcurrentDictionary<(int Worker, string Word), long> _mutations = new();
    private readonly Lock _lock = new();
    private int _next = -1;
    private int _failed;

    public ConcurrentQueue<string> Failures { get; } = new();

    public (TimeSpan Time, int Index, string Notes) Slowest { get; private set; }

    public (long Bytes, int Index, int Size) Largest { get; private set; }

    public double MostPerByte { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public int Failed => _failed;

    public IEnumerable<(string Word, long Count)> Outcomes => Sum(_outcomes);

    public IEnumerable<(string Word, long Count)> Mutations => Sum(_mutations);

    /// <summary>Runs all cases.</summary>
    /// <exception cref="TimeoutException">A case did not end.</exception>
    public async Task RunAsync()
    {
        var cases = new FuzzCases(await Corpus.CaptureAsync(), seed);
        var began = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(n => new Progress(n)).ToList();
        var work = Task.WhenAll(workers.Select(w => Task.Run(() => WorkAsync(cases, w))));
        using var watch = new PeriodicTimer(Look, TimeProvider.System);
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, watch.WaitForNextTickAsync().AsTask());
            if (workers.Find(w => w.Index is { } index && Stopwatch.GetElapsedTime(w.Began) > Stuck) is { Index: { } stuck })
            {
                throw new TimeoutException(Keep(stuck, cases[stuck], $"it did not finish within {Stuck}"));
            }
        }

        await work;
        Elapsed = Stopwatch.GetElapsedTime(began);
        await RepeatSlowAsync(cases);
    }

    /// <summary>Describes one case and its error.</summary>
    public static async Task<(FuzzCase Case, Verdict Verdict)> RunOneAsync(ulong seed, int index)
    {
        var one = new FuzzCases(await Corpus.CaptureAsync(), seed)[index];
        using var worker = new FuzzWorker();
        return (one, await worker.RunAsync(one));
    }

    private async Task WorkAsync(FuzzCases cases, Progress progress)
    {
        using var worker = new FuzzWorker();
        for (int index; (index = Interlocked.Increment(ref _next)) < count;)
        {
            var one = cases[index];
            progress.Start(index);
            var verdict = await worker.RunAsync(one);
            progress.End();
            Note(progress.Worker, index, one, verdict);
        }
    }

    private void Note(int worker, int index, FuzzCase one, Verdict verdict)
    {
        _outcomes.AddOrUpdate((worker, verdict.Outcome), 1, static (_, n) => n + 1);
        foreach (var mutation in one.Mutations)
        {
            _mutations.AddOrUpdate((worker, mutation), 1, static (_, n) => n + 1);
        }

        var size = Size(one);
        if (verdict.Time > LongestCase)
        {
            _slow.Enqueue(index);
        }

        lock (_lock)
        {
            Slowest = verdict.Time > Slowest.Time ? (verdict.Time, index, one.Notes) : Slowest;
            Largest = verdict.Allocated > Largest.Bytes ? (verdict.Allocated, index, size) : Largest;
            MostPerByte = Math.Max(MostPerByte, (double)verdict.Allocated / Math.Max(size, 1024));
        }

        var wrong = verdict.Wrong ?? (verdict.Allocated > AllocatedAnyway + (AllocatedPerByte * size) + (AllocatedPerPiece * verdict.Pieces) ? $"it allocated {verdict.Allocated} bytes for {size}" : null);
        if (wrong is not null && Interlocked.Increment(ref _failed) <= MostFailures)
        {
            Failures.Enqueue(Keep(index, one, wrong));
        }
    }

    /// <summary>Repeats slow cases alone: the machine may have been busy.</summary>
    private async Task RepeatSlowAsync(FuzzCases cases)
    {
        using var worker = new FuzzWorker();
        foreach (var index in _slow)
        {
            var best = TimeSpan.MaxValue;
            for (var i = 0; i < 3 && best > LongestCase; i++)
            {
                best = (await worker.RunAsync(cases[index])).Time;
            }

            if (best > LongestCase)
            {
                _failed++;
                Failures.Enqueue(Keep(index, cases[index], $"it took {best}"));
            }
        }
    }

    /// <summary>Writes a failing case to a file, and returns its path.</summary>
    private string Keep(int index, FuzzCase one, string wrong)
    {
        var folder = Repository.PathTo("artifacts/fuzz");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{seed}-{index}.http"));
        File.WriteAllBytes(path, one.Answer.ToFile($"seed {seed}, case {index}", one.Notes, wrong.Split('\n')[0]));
        return $"seed {seed}, case {index} ({one.Notes}), {path}: {wrong}";
    }

    // The bytes that are read count, with valid or invalid gzip.
    private static int Size(FuzzCase one) => Math.Max(one.Answer.Body.Length, one.Answer.IsGzip ? one.Answer.Plain()!.Length : 0);

    private static IEnumerable<(string Word, long Count)> Sum(ConcurrentDictionary<(int Worker, string Word), long> counts) =>
        counts.GroupBy(static c => c.Key.Word).Select(static g => (g.Key, g.Sum(static c => c.Value))).OrderByDescending(static c => c.Item2);

    private sealed class Progress(int worker)
    {
        private int _index = -1;
        private long _began;

        public int Worker => worker;

        public int? Index => Volatile.Read(ref _index) is var index and >= 0 ? index : null;

        public long Began => Volatile.Read(ref _began);

        public void Start(int index)
        {
            Volatile.Write(ref _began, Stopwatch.GetTimestamp());
            Volatile.Write(ref _index, index);
        }

        public void End() => Volatile.Write(ref _index, -1);
    }
}
