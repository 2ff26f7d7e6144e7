using Web.Memory;

namespace Web.Runs;

/// <summary>The running and recently ended answers of this node: one per conversation, with limits on count, bytes and time.</summary>
internal sealed class RunHub(WebSettings settings, TimeProvider clock, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Visitor, string Conversation), Run> _latest = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly HashSet<Run> _running = [];
    private readonly LinkedList<Run> _ended = new();
    private long _endedBytes;

    /// <summary>Starts an answer, which replaces the previous run of the conversation.</summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="address">The address of the visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="question">The input.</param>
    /// <param name="held">What the question takes; the run disposes it, also when it is not admitted.</param>
    /// <param name="work">Creates the answer and ends the run; must not throw.</param>
    /// <exception cref="ProblemException">The conversation already has a running answer, or a limit is reached.</exception>
    public Run Start(string visitor, string address, string conversation, Question question, HeldBytes.Hold held, Func<Run, CancellationToken, Task> work)
    {
        var run = new Run(visitor, address, conversation, question, held, clock.GetTimestamp());
        lock (_lock)
        {
            Admit(visitor, address, conversation);
            if (_latest.TryGetValue((visitor, conversation), out var last))
            {
                Forget(last);
            }

            _runs[run.Id] = _latest[(visitor, conversation)] = run;
            _running.Add(run);
            var task = Task.Run(() => WorkAsync(run, work), CancellationToken.None);
            _tasks.Add(task);
            _ = task.ContinueWith(done => Ended(run, done), TaskScheduler.Default);
        }

        return run;
    }

    /// <summary>Finds a run of a visitor by id; null when it does not exist.</summary>
    public Run? Find(string visitor, string id)
    {
        lock (_lock)
        {
            return _runs.TryGetValue(id, out var run) && run.Visitor == visitor ? run : null;
        }
    }

    /// <summary>Finds the latest run of a conversation; null when there is none.</summary>
    public Run? FindFor(string visitor, string conversation)
    {
        lock (_lock)
        {
            return _latest.GetValueOrDefault((visitor, conversation));
        }
    }

    /// <summary>Returns the running answers of a visitor.</summary>
    public IReadOnlyList<Run> ListRunning(string visitor)
    {
        lock (_lock)
        {
            return [.. _running.Where(run => run.Visitor == visitor)];
        }
    }

    public void Remove(Run run)
    {
        lock (_lock)
        {
            Forget(run);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] work;
        lock (_lock)
        {
            work = [.. _tasks];
        }

        await Task.WhenAll(work).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            lock (_lock)
            {
                Prune();
            }
        }
    }

    private async Task WorkAsync(Run run, Func<Run, CancellationToken, Task> work)
    {
        using var time = new CancellationTokenSource(settings.MaxRunTime, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping, time.Token, lifetime.ApplicationStopping);
        await work(run, any.Token);
    }

    private void Ended(Run run, Task task)
    {
        lock (_lock)
        {
            _tasks.Remove(task);
            _running.Remove(run);
            // A run that was removed before is not kept.
            if (_runs.ContainsKey(run.Id))
            {
                run.EndedNode = _ended.AddLast(run);
                _endedBytes += run.Bytes;
            }

            Prune();
            Prune(run.Visitor);
        }
    }

    private void Admit(string visitor, string address, string conversation)
    {
        if (_latest.TryGetValue((visitor, conversation), out var last) && last.Status == RunStatus.Running)
        {
            throw new ProblemException(Problems.Busy);
        }

        if (_running.Count(run => run.Visitor == visitor) >= settings.MaxRunningPerVisitor)
        {
            throw new ProblemException(Problems.TooManyForVisitor);
        }

        if (_running.Count(run => run.Address == address) >= settings.MaxRunningPerAddress)
        {
            throw new ProblemException(Problems.TooManyForAddress);
        }

        if (_running.Count >= settings.MaxRunning)
        {
            throw new ProblemException(Problems.TooMany);
        }
    }

    private void Prune()
    {
        // Keep the newest run even if it is large, because a page may still read its last events.
        while (_ended.First is { Value: var oldest } && ((_endedBytes > settings.MaxKeptBytes && _ended.Count > 1) || clock.GetElapsedTime(oldest.EndedAt) > settings.KeepFinished))
        {
            Forget(oldest);
        }
    }

    private void Prune(string visitor)
    {
        var mine = _ended.Where(run => run.Visitor == visitor).ToList();
        var bytes = mine.Sum(static run => run.Bytes);
        foreach (var run in mine.SkipLast(1).TakeWhile(_ => bytes > settings.MaxKeptBytesPerVisitor))
        {
            bytes -= run.Bytes;
            Forget(run);
        }
    }

    private void Forget(Run run)
    {
        _runs.Remove(run.Id);
        if (run.EndedNode is { } place)
        {
            _ended.Remove(place);
            _endedBytes -= run.Bytes;
            run.EndedNode = null;
        }

        if (_latest.GetValueOrDefault((run.Visitor, run.Conversation)) == run)
        {
            _latest.Remove((run.Visitor, run.Conversation));
        }
    }
}
