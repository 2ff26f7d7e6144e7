using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Emulator;

namespace Connectors.Grok.Faults.Tests.Soak;

/// <summary>Runs the emulator in a separate process, so that the measurements cover only the client. The process exits when its standard input closes, which also happens when the parent process ends.</summary>
internal sealed class EmulatorProcess : IDisposable
{
    public const string Argument = "soak-emulator";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private readonly Process _process;

    private EmulatorProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<EmulatorProcess> StartAsync()
    {
        var program = Environment.ProcessPath!;
        string[] dll = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(EmulatorProcess).Assembly.Location] : [];
        var process = Process.Start(new ProcessStartInfo(program, [.. dll, Argument]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The emulator did not start.");
        return new EmulatorProcess(process, new Uri(line));
    }

    /// <summary>The main method of the child process: runs the emulator until standard input closes.</summary>
    public static async Task<int> ServeAsync()
    {
        await using var emulator = await GrokEmulator.StartAsync(new() { TokenDelay = Pace, ThinkingDelay = Pace, MaxRecordedRequests = 10 });
        Console.WriteLine(emulator.BaseAddress.AbsoluteUri);
        using var end = new CancellationTokenSource(Longest);
        var input = Console.In.ReadToEndAsync(end.Token);
        // Limits the stored responses, and lets conversations meet expired ids.
        using var expiry = new PeriodicTimer(Expiry, TimeProvider.System);
        while (await Task.WhenAny(input, expiry.WaitForNextTickAsync(end.Token).AsTask()) != input)
        {
            emulator.ExpireResponses();
        }

        return 0;
    }

    /// <summary>The working set of the child process.</summary>
    public string Memory()
    {
        _process.Refresh();
        return string.Create(CultureInfo.InvariantCulture, $"{_process.WorkingSet64 / 1024 / 1024} MiB");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
