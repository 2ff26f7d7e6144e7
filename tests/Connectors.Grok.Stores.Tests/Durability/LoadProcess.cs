using System.Diagnostics;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A process that writes to a shared store and reports each acknowledged turn in one line.</summary>
internal sealed class LoadProcess : IDisposable
{
    public const string Argument = "load";

    private const char Acknowledged = '+';
    private const char Refused = '-';
    private const char Wrong = '!';
    private readonly Process _process;
    private readonly Task _reports;

    private LoadProcess(Process process, Ledger ledger)
    {
        _process = process;
        _reports = Task.Run(() => ReadAsync(ledger));
    }

    public static LoadProcess Start(string kind, string medium, string prefix, Ledger ledger) => new(Writer.StartProcess(Argument, kind, medium, prefix), ledger);

    /// <summary>The body of the process: writes until the input ends.</summary>
    public static async Task<int> WriteAsync(string kind, string medium, string prefix)
    {
        using var end = new CancellationTokenSource();
        var ledger = new Ledger(static turn => Report(Acknowledged, turn.ToString()));
        var store = Writer.Open(kind, medium);
        var load = new Load(store, ledger, prefix, end.Token).RunAsync(writers: 2, sharing: 2, readers: 0);
        while (await Console.In.ReadLineAsync(CancellationToken.None) is not null)
        {
            // Whatever is written there, its end is the signal.
        }

        await end.CancelAsync();
        await load;
        ledger.Refusals.ToList().ForEach(static r => Report(Refused, r.Message));
        var (_, _, wrong) = await ledger.VerifyAsync(store);
        wrong.ToList().ForEach(static w => Report(Wrong, w));
        return 0;
    }

    /// <summary>Ends the process as <c>kill -9</c> does, and reads what it had reported.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _reports;
    }

    /// <summary>Lets the process finish its calls.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _reports;
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // One write call: a pipe takes it as a whole or not at all. The full stop at the end shows that it is whole.
    private static void Report(char kind, string text) => Console.Out.Write($"{kind}{text.ReplaceLineEndings(" ")}.\n");

    private async Task ReadAsync(Ledger ledger)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var text = line.EndsWith('.') ? line[1..^1] : throw new InvalidDataException($"The report '{line}' is not whole.");
            switch (line[0])
            {
                case Acknowledged:
                    ledger.Acknowledge(SavedTurn.Parse(text));
                    break;
                case Refused:
                    ledger.Refuse(text);
                    break;
                default:
                    ledger.Wrong(text);
                    break;
            }
        }
    }
}
