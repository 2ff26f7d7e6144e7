using System.Runtime.InteropServices;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator;

/// <summary>The emulator as a program, for people.</summary>
internal static class Program
{
    private const int WrongUse = 1;
    private const int PortTaken = 2;

    private const string Help = """
        A local emulator of xAI's Responses API, with a small built-in model. It is not xAI.

          --urls http://127.0.0.1:8787   where to listen (the default; port 0 takes any free one)
          --api-key KEY                  accept this key only
          --token-delay MILLISECONDS     the pause between pieces of text (15 by default)
          --thinking-delay MILLISECONDS  the pause between pieces of reasoning (15 by default)
          --profile NAME                 Current (the default) or Docs2025
          --replay FILE                  answer from a recording
          --speed FACTOR                 how fast: 1 as recorded (the default), 0 at once
          --zdr                          behave as for a team with Zero Data Retention
          --allow-remote                 allow an address that other machines can reach
          --help                         this page

        Any request can ask for a fault: x-emulator-fault: rate-limited; retry-after=1
        The faults:
        """;

    internal static async Task<int> Main(string[] args)
    {
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Help + " " + string.Join(", ", FaultCatalog.Names.Select(known => known.Name)));
            return 0;
        }

        GrokEmulatorOptions options;
        try
        {
            options = CommandLine.Read(args);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync($"{wrong.Message} Try --help.");
            return WrongUse;
        }

        if (!Listener.IsLoopback(options.Host))
        {
            await Console.Error.WriteLineAsync("Warning: other machines can reach this emulator, and it keeps what they send in memory.");
        }

        return await RunAsync(options);
    }

    private static bool TryReplay(GrokEmulator emulator, GrokEmulatorOptions options)
    {
        if (options.ReplayFrom is not { } path)
        {
            return true;
        }

        try
        {
            emulator.Replay(ConversationRecording.Load(path), options.ReplaySpeed);
            return true;
        }
        catch (Exception wrong) when (wrong is IOException or FormatException)
        {
            Console.Error.WriteLine(wrong.Message);
            return false;
        }
    }

    private static async Task<int> RunAsync(GrokEmulatorOptions options)
    {
        GrokEmulator emulator;
        try
        {
            emulator = await GrokEmulator.StartAsync(options);
        }
        catch (IOException)
        {
            await Console.Error.WriteLineAsync(
                $"Port {options.Port} is taken. Stop what listens there, or choose another one: --urls http://{options.Host}:{options.Port + 1}");
            return PortTaken;
        }

        await using (emulator)
        {
            if (!TryReplay(emulator, options))
            {
                return WrongUse;
            }

            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            Console.WriteLine($"{emulator.BaseAddress} is an emulator of xAI's API, not xAI. Ctrl+C stops it.");
            await stop.Task;

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.TrySetResult();
            }
        }

        return 0;
    }
}
