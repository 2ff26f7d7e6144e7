using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Puts the parts together and turns what happens into an exit code.</summary>
internal static class ChatProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Known before the rest is read, because an error in the rest must not go to the wrong place either.
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
        catch (Exception e) when (Failure.Describe(e) is { } words)
        {
            terminal.Error(words);
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            terminal.Error($"Something went wrong that should not: {e.GetType().Name}: {e.Message} Please report it.");
            return ExitCode.Bug;
        }
    }

    private static async Task<int> RunAsync(ChatCommandLine line, Terminal terminal)
    {
        await using var file = line.Conversation is null ? null : OpenFile(line.Database);
        ConversationStore store = file is null ? new InMemoryConversationStore() : file;
        if (file is not null)
        {
            // Whatever is wrong with it is said before anything else begins.
            await file.InitializeAsync();
        }

        List<AIContent> images = [.. line.Images.Select(ImageLoader.Load)];
        var isTalk = line.Messages.Count == 0 && terminal.IsInputLive;
        await using var connection = await Connection.OpenAsync(line, isTalk, line.ShowWire ? terminal.Wire : null);
        if (connection.IsEmulated)
        {
            terminal.Hint("No XAI_API_KEY: talking to a local emulator of the API, not to Grok.");
        }

        using var client = connection.Client.AsConversationClient(store, new ConversationOptions { Budget = line.Budget });
        var session = new ChatSession(client, store, connection.Wire, line, images);
        var responses = connection.Client.GetService<GrokResponsesClient>()!;
        IAnswerView view = line.Json ? new JsonView() : new TextView(terminal, TimeProvider.System);
        using var runner = new ChatRunner(session, responses, view, terminal);
        if (!isTalk)
        {
            return await runner.RunAsync(line.Messages.Count > 0 ? line.Messages : PipedLines());
        }

        var metadata = connection.Client.GetService<ChatClientMetadata>()!;
        terminal.Note($"{metadata.DefaultModelId} at {metadata.ProviderUri}. /help lists the commands.");
        if (session.IsKept)
        {
            var tree = await session.ReadAsync(CancellationToken.None);
            terminal.Note($"{TerminalText.Excerpt(session.Name, 60)}, {(tree.Turns.Count == 0 ? "a new conversation" : HistoryTable.Total(tree))}. /conversations lists those that are kept.");
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
            throw new UserException($"--database {file} names no file: {e.Message}");
        }
    }

    /// <summary>The lines of standard input, each as soon as it is there.</summary>
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
            throw new UserException("There is no message: standard input is empty. Give messages as arguments, or a line each on standard input.");
        }
    }
}
