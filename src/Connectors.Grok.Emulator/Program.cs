using System.Runtime.InteropServices;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator;

/// <summary>The command-line program of the emulator.</summary>
internal static class Program
{
    private const int UsageError = 1;
    private const int PortInUse = 2;

    private const string Help = """
        A local emulator of xAI's Responses API with a small built-in model. It is not xAI, nor one of the hosts.

          --urls http://127.0.0.1:8787     the address to listen on (the default); port 0 selects a free port
          --api-key KEY                    accept only this API key
          --token-delay MILLISECONDS       the pause before each piece of text (15 by default)
          --thinking-delay MILLISECONDS    the pause before each piece of reasoning (15 by default)
          --profile NAME                   the API to emulate: Current (the default) or Docs2025
          --host HOST                      the host to emulate: foundry, google, bedrock or openrouter, with its settings,
                                           such as "foundry; deployment=prod-chat:grok-4.7; readable-after=5"
          --token-lifetime SECONDS         reject a bearer token with 401 this long after its first request
          --replay FILE                    answer from this recording
          --speed FACTOR                   the speed of the replay: 1 as recorded (the default), 0 without waiting
          --finish-after-disconnect        complete a response in the background when its client disconnects
          --requests-per-second NUMBER     reject further requests in any second with 429
          --context-length TOKENS          the context window of every model, such as 8000
          --long-context-threshold TOKENS  the prompt tokens from which a request costs double (200000 by default)
          --zdr                            emulate a team with Zero Data Retention
          --allow-remote                   allow --urls with an address that other machines can reach
          --help                           show this help

        A request can ask for a fault with a header: x-emulator-fault: rate-limited; retry-after=1
        Faults:
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
        catch (FormatException invalid)
        {
            await Console.Error.WriteLineAsync($"{invalid.Message} Run with --help for the options.");
            return UsageError;
        }

        if (!Listener.IsLoopback(options.Host))
        {
            await Console.Error.WriteLineAsync("Warning: other machines can reach this emulator. It keeps their requests in memory.");
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
        catch (Exception unreadable) when (unreadable is IOException or FormatException)
        {
            Console.Error.WriteLine(unreadable.Message);
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
                $"Port {options.Port} is in use. Stop the program that listens there, or choose another port: --urls http://{options.Host}:{options.Port + 1}");
            return PortInUse;
        }

        await using (emulator)
        {
            if (!TryReplay(emulator, options))
            {
                return UsageError;
            }

            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            Console.WriteLine($"{emulator.BaseAddress} is an emulator of xAI's API, not xAI. Press Ctrl+C to stop it.");
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
