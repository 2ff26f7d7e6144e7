using System.Runtime.InteropServices;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Recordings;
using Connectors.Grok.Emulator.Scripts;

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
          --strict-key                     require the key of --api-key, or a new random one, which is printed
          --script FILE                    answer from this script, a JSON file (docs/grok-emulator-script.schema.json)
          --record FILE                    send requests to a service, and record them and its answers without secrets
          --upstream URL                   the service that --record records (https://api.x.ai/v1 by default)
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
          --no-page                        do not serve the page at / that shows requests, conversations and costs
          --log                            print one line for each request
          --allow-remote                   allow --urls with an address that other machines can reach
          --allow-host NAME                accept requests whose Host header has this name
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
            await Console.Error.WriteLineAsync($"{Printable.Escape(invalid.Message)} Run with --help for the options.");
            return UsageError;
        }

        if (!Listener.IsLoopback(options.Host))
        {
            await Console.Error.WriteLineAsync("Warning: other machines can reach this emulator. It keeps their requests in memory.");
        }

        return await RunAsync(options);
    }

    private static async Task<int> RunAsync(GrokEmulatorOptions options)
    {
        GrokEmulator emulator;
        ScriptFile? script;
        ConversationRecording? recording;
        try
        {
            // Files are read first, so that no request gets an answer of the built-in model instead.
            (script, recording) = (options.ScriptFrom is { } file ? ScriptFile.Load(file) : null, options.ReplayFrom is { } replayed ? ConversationRecording.Load(replayed) : null);
            emulator = await StartAsync(options);
            emulator.Replay(recording, options.ReplaySpeed);
            if (script is not null)
            {
                emulator.Use(script);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            await Console.Error.WriteLineAsync(Printable.Escape(unreadable.Message));
            return unreadable is PortException ? PortInUse : UsageError;
        }

        await using (emulator)
        {
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            foreach (var line in Banner(emulator.BaseAddress, options, script, recording))
            {
                Console.WriteLine(line);
            }

            await stop.Task;

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.TrySetResult();
            }
        }

        return 0;
    }

    private static async Task<GrokEmulator> StartAsync(GrokEmulatorOptions options)
    {
        // An older recording is replaced only once the port is known to be free.
        GrokEmulator emulator;
        try
        {
            emulator = await GrokEmulator.StartAsync(options);
        }
        catch (IOException failed)
        {
            throw new PortException(failed.InnerException is IOException
                ? $"Port {options.Port} is in use. Stop the program that listens there, or choose another port: --urls http://{options.Host}:{options.Port + 1}"
                : failed.Message);
        }

        if (options is not { RecordTo: { } path, Upstream: { } upstream })
        {
            return emulator;
        }

        try
        {
            emulator.Use(new UpstreamProxy(upstream, options.Wire.BasePath, path, options.TimeProvider));
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the lines that are printed when the emulator has started.</summary>
    internal static IEnumerable<string> Banner(Uri address, GrokEmulatorOptions options, ScriptFile? script, ConversationRecording? recording)
    {
        yield return $"{address} is an emulator of xAI's API, not xAI. Press Ctrl+C to stop it.";
        if (options.ServePage)
        {
            // A fragment is not sent to the server.
            yield return $"Page: {address.GetLeftPart(UriPartial.Authority)}/{(options.ApiKey is { } secret ? $"#key={Uri.EscapeDataString(secret)}" : "")}";
        }

        if (options.ApiKey is { } key)
        {
            yield return $"Key: {Printable.Escape(key)}";
        }

        if (options is { RecordTo: { } file, Upstream: { } upstream })
        {
            yield return $"Requests go to {Printable.Escape(upstream.AbsoluteUri)} and are recorded in {Printable.Escape(file)}.";
        }

        if (script is not null)
        {
            yield return $"Read {Count(script.Count, "reply", "replies")} from the script {Printable.Escape(options.ScriptFrom!)}. {(script.IsStrict ? "A request without a reply gets an error." : "The built-in model answers the other requests.")}";
        }

        if (recording is not null)
        {
            yield return $"Read {Count(recording.Count, "recorded exchange", "recorded exchanges")} from {Printable.Escape(options.ReplayFrom!)}. A request that was not recorded gets an error.";
        }
    }

    private static string Count(int number, string one, string many) => $"{number} {(number == 1 ? one : many)}";

    /// <summary>The port is in use, or the address does not belong to this machine.</summary>
    private sealed class PortException(string message) : IOException(message);
}
