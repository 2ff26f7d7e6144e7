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
                await Terminal.Out.WriteLineAsync(HelpText.CommandLine.TrimEnd());
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
        await using var file = line.Conversation is null ? null : OpenFile(line.Database);
        ConversationStore store = file is null ? new InMemoryConversationStore() : file;
        if (file is not null)
        {
            // Report problems with the file before any other work.
            await file.InitializeAsync();
        }

        List<AIContent> images = [.. line.Images.Select(ImageLoader.Load)];
        var isInteractive = line.Messages.Count == 0 && terminal.IsInputLive;
        await using var connection = await Connection.OpenAsync(line, isInteractive, line.ShowWire ? terminal.Wire : null);
        if (connection.IsEmulated)
        {
            terminal.Hint("No XAI_API_KEY: using a local emulator of the API, not Grok.");
        }

        // The documents that are imported here are the user's own files.
        var options = new ConversationOptions { Budget = line.Budget, MaxImportBytes = int.MaxValue };
        using var client = connection.Client.AsConversationClient(store, options);
        var session = new ChatSession(client, store, connection.Wire, line, images);
        var responses = connection.Client.GetService<GrokResponsesClient>()!;
        IAnswerView view = line.Json ? new JsonView() : new TextView(terminal, TimeProvider.System);
        using var runner = new ChatRunner(session, responses, view, terminal);
        if (!isInteractive)
        {
            return await runner.RunAsync(line.Messages.Count > 0 ? line.Messages : PipedLines());
        }

        var metadata = connection.Client.GetService<ChatClientMetadata>()!;
        terminal.Note($"{metadata.DefaultModelId} at {metadata.ProviderUri}. /help lists the commands.");
        if (session.IsPersistent)
        {
            var tree = await session.ReadAsync(CancellationToken.None);
            terminal.Note($"{TerminalText.Excerpt(session.Name, 60)}, {(tree.Turns.Count == 0 ? "a new conversation" : HistoryTable.Total(tree))}. /conversations lists the stored conversations.");
        }

        await runner.RunAsync(terminal.IsOutputLive && !line.Json ? new LineEditor(Terminal.HasColors(terminal.Screen)) : new PlainPrompt());
        return ExitCode.Success;
    }

    private static SqliteConversationStore OpenFile(string? file)
    {
        try
        {
            return new SqliteConversationStore(file ?? Path.Combine(AppContext.BaseDirectory, "conversations.db"));
        }
        catch (Exception e) when (e is ArgumentException or PathTooLongException or NotSupportedException)
        {
            throw new UserException($"--database {file} is not a valid file path: {e.Message}");
        }
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
