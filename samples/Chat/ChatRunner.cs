using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Runs messages and commands in order, and reports failures.</summary>
internal sealed class ChatRunner : IDisposable
{
    private readonly ChatSession _session;
    private readonly GrokResponsesClient _responses;
    private readonly IAnswerView _view;
    private readonly Terminal _terminal;
    private readonly Commands _commands;
    private readonly Interrupt _interrupt = new();

    /// <summary>Creates the runner.</summary>
    /// <param name="session">The conversation.</param>
    /// <param name="responses">Checks responses and lists models.</param>
    /// <param name="view">Shows answers.</param>
    /// <param name="terminal">The output.</param>
    /// <param name="prompt">Asks before a conversation is deleted; null when nobody can answer.</param>
    public ChatRunner(ChatSession session, GrokResponsesClient responses, IAnswerView view, Terminal terminal, IPrompt? prompt)
    {
        (_session, _responses, _view, _terminal) = (session, responses, view, terminal);
        _commands = new Commands(session, responses, terminal, ShowAsync, prompt);
    }

    private enum Outcome
    {
        Done,
        Exit,
        Failed,
        Stopped,
    }

    /// <summary>Runs given lines; stops at the first failure.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            _terminal.Echo(line);
            switch (await RunLineAsync(line))
            {
                case Outcome.Exit:
                    return ExitCode.Success;
                case Outcome.Failed:
                    return ExitCode.Failure;
                case Outcome.Stopped:
                    return ExitCode.Interrupted;
            }
        }

        return ExitCode.Success;
    }

    /// <summary>Runs messages and commands from an interactive prompt; continues after failures.</summary>
    public async Task RunAsync(IPrompt prompt)
    {
        _interrupt.AskToExit = () => _terminal.Hint("Press Ctrl+C again to exit.");
        while (prompt.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line) && await RunLineAsync(line) == Outcome.Exit)
            {
                return;
            }
        }
    }

    public void Dispose() => _interrupt.Dispose();

    private async Task<Outcome> RunLineAsync(string line)
    {
        var running = _interrupt.Begin();
        try
        {
            if (Commands.IsCommand(line))
            {
                return await _commands.RunAsync(line, running.Token) ? Outcome.Done : Outcome.Exit;
            }

            await ShowAsync(_session.SendAsync(line, running.Token), running.Token);
            return Outcome.Done;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            _terminal.Hint($"Stopped. {await _commands.PositionAsync(CancellationToken.None)}");
            return Outcome.Stopped;
        }
        catch (Exception e) when (Failure.Describe(e) is { } message)
        {
            _terminal.Error(await ExplainAsync(e, running.Token) ?? message);
            return Outcome.Failed;
        }
        finally
        {
            _interrupt.End(running);
        }
    }

    private async Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken)
    {
        await _view.ShowAsync(answer, cancellationToken);
        _view.Finish(_session.Last!);
    }

    /// <summary>Explains a failure with details of this conversation; null to use the general message.</summary>
    private async Task<string?> ExplainAsync(Exception e, CancellationToken cancellationToken)
    {
        switch ((e as GrokException)?.Kind)
        {
            case GrokErrorKind.UnknownModel when await Failure.ModelNamesAsync(_responses, cancellationToken) is { } names:
                return $"The model is not available for this key. Choose one with --model: {names}.";
            case GrokErrorKind.UnknownModel:
                return "The model is not available for this key. Choose another one with --model.";
            case GrokErrorKind.UnknownResponse when _session.ContinuesResponse:
                return "The response to continue from does not exist (wrong id, deleted, or older than 30 days). Remove --continue to start a new conversation.";
            default:
                return null;
        }
    }
}
