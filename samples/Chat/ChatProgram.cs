using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Composes the program and maps the result to an exit code.</summary>
internal static class ChatProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Read before the other options, because an error in them must also go to the right output.
        var terminal = new Terminal(arguments.TakeWhile(static a => a != "--").Contains("--json"));
        try
        {
            var line = ChatCommandLine.Parse(arguments);
            if (line.Help)
            {
                await terminal.Out.WriteLineAsync(HelpText.CommandLine(terminal.Screen.Profile.Width));
                return ExitCode.Success;
            }

            return await RunAsync(line, terminal);
        }
        catch (Exception e) when (Failure.Describe(e) is { } message)
        {
            terminal.Error(message);
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            terminal.Error($"Unexpected error: {e.GetType().Name}: {e.Message} Please report it.");
            return ExitCode.Bug;
        }
    }

    private static async Task<int> RunAsync(ChatCommandLine line, Terminal terminal)
    {
        // Report problems with the file before any other work.
        await using var file = line.UsesFile ? await OpenFileAsync(line, terminal) : null;
        ConversationStore store = file is null ? new InMemoryConversationStore() : file;
        List<AIContent> images = [.. line.Images.Select(ImageLoader.Load)];
        var isInteractive = line.Messages.Count == 0 && terminal.IsInputLive;
        await using var connection = await terminal.WaitAsync(
            Connection.NeedsEmulator(line) ? "Starting the emulator…" : "Starting…", () => Connection.OpenAsync(line, isInteractive, line.ShowWire ? terminal.Wire : null));
        if (connection.IsEmulated)
        {
            terminal.Hint("No XAI_API_KEY: using a local emulator of the API, not Grok.");
        }
        else if (connection.EndpointOfEnvironment is { } endpoint && !isInteractive)
        {
            // The interactive prompt begins with the address.
            terminal.Hint($"XAI_BASE_URL: using {endpoint}.");
        }

        // The documents that are imported here are the user's own files.
        var options = new ConversationOptions { Budget = line.Budget, MaxImportBytes = int.MaxValue };
        using var client = connection.Client.AsConversationClient(store, options);
        var session = new ChatSession(client, store, connection.Wire, line, images);
        var responses = connection.Client.GetService<GrokResponsesClient>()!;
        IAnswerView view = line.Json ? new JsonView(terminal) : new TextView(terminal, TimeProvider.System);
        using var editor = terminal is { IsInputLive: true, IsOutputLive: true } && !line.Json ? new LineEditor(terminal) : null;
        IPrompt prompt = editor is null ? new PlainPrompt() : editor;
        using var runner = new ChatRunner(session, responses, view, terminal, terminal.CanAsk ? prompt : null);
        if (!isInteractive)
        {
            var code = await runner.RunAsync(line.Messages.Count > 0 ? line.Messages : PipedLines());
            if (session is { IsPersistent: true, Last: not null } && line.Conversation is null)
            {
                terminal.Note($"Stored as {TerminalText.Name(session.Name, 200)}.");
            }

            return code;
        }

        var metadata = connection.Client.GetService<ChatClientMetadata>()!;
        terminal.Note($"{TerminalText.Name(metadata.DefaultModelId ?? "")} at {metadata.ProviderUri}. /help lists the commands.");
        if (session.IsPersistent)
        {
            var tree = await session.ReadAsync(CancellationToken.None);
            terminal.Note($"{TerminalText.Name(session.Name, 60)}, {(tree.Turns.Count == 0 ? "a new conversation" : HistoryTable.Total(tree))}. /conversations lists the stored conversations.");
        }

        await runner.RunAsync(prompt);
        return ExitCode.Success;
    }

    /// <summary>Opens the file of the conversations; returns null when there is none and nothing would be stored.</summary>
    private static async Task<SqliteConversationStore?> OpenFileAsync(ChatCommandLine line, Terminal terminal)
    {
        var path = line.Database ?? DataFile.DefaultPath();
        if (line.Database is null && DataFile.Prepare(path, DataFile.EarlierPath()))
        {
            terminal.Hint($"Copied the conversations of an earlier build, {TerminalText.Escape(DataFile.EarlierPath())}, to {TerminalText.Escape(path)}. The copy is used from now on.");
        }

        if (line.OnlyLists && !Path.Exists(path))
        {
            return line.Database is null ? null : throw new UserException($"{line.Database} does not exist. Check the path.");
        }

        var file = DataFile.Open(path);
        return await terminal.WaitAsync("Opening the conversations…", async () =>
        {
            try
            {
                await file.InitializeAsync();
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        });
    }

    /// <summary>Reads the lines of standard input as they arrive.</summary>
    private static IEnumerable<string> PipedLines()
    {
        var isEmpty = true;
        while (Console.In.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                isEmpty = false;
                yield return line.TrimStart('\uFEFF');
            }
        }

        if (isEmpty)
        {
            throw new UserException("There is no message: standard input is empty. Pass messages as arguments, or one per line on standard input.");
        }
    }
}
