using Connectors.Grok;

namespace Chat;

/// <summary>Runs lines, messages and commands alike, one after the other, and says of each that failed what was wrong.</summary>
internal sealed class ChatRunner(ChatSession session, GrokResponsesClient responses, IAnswerView view, Terminal terminal) : IDisposable
{
    private readonly Commands _commands = new(session, terminal);
    private readonly Interrupt _interrupt = new();

    private enum Outcome
    {
        Done,
        Leave,
        Failed,
        Stopped,
    }

    /// <summary>Lines that are there already: the first that fails is the last.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            terminal.Echo(line);
            switch (await RunLineAsync(line))
            {
                case Outcome.Leave:
                    return ExitCode.Success;
                case Outcome.Failed:
                    return ExitCode.Failure;
                case Outcome.Stopped:
                    return ExitCode.Interrupted;
            }
        }

        return ExitCode.Success;
    }

    /// <summary>Lines as a person types them: whatever fails, the prompt comes back.</summary>
    public async Task RunAsync(IPrompt prompt)
    {
        while (prompt.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line) && await RunLineAsync(line) == Outcome.Leave)
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
                return await _commands.RunAsync(line, running.Token) ? Outcome.Done : Outcome.Leave;
            }

            await view.ShowAsync(session.SendAsync(line, running.Token), running.Token);
            view.Finish(session.Tree.Head!);
            return Outcome.Done;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            terminal.Hint($"Stopped. {_commands.Position()}");
            return Outcome.Stopped;
        }
        catch (Exception e) when (Failure.Describe(e) is { } words)
        {
            terminal.Error(await ExplainAsync(e, running.Token) ?? words);
            return Outcome.Failed;
        }
        finally
        {
            _interrupt.End(running);
        }
    }

    /// <summary>What this conversation knows of a failure beyond the failure's own words.</summary>
    private async Task<string?> ExplainAsync(Exception e, CancellationToken cancellationToken)
    {
        switch ((e as GrokException)?.Kind)
        {
            case GrokErrorKind.UnknownModel when await Failure.ModelNamesAsync(responses, cancellationToken) is { } names:
                return $"The service has no model of that name for you. Choose one with --model: {names}.";
            case GrokErrorKind.UnknownModel:
                return "The service has no model of that name for you. Choose another with --model.";
            case GrokErrorKind.UnknownResponse when session.Tree.ForgetStored():
                return "The service does not know this conversation any more (deleted, or older than 30 days). Send the message again: the history goes along.";
            case GrokErrorKind.UnknownResponse when session.Tree.IsRooted:
                return "The service does not know the response to continue from (wrong id, deleted, or older than 30 days). Leave out --continue to start anew.";
            default:
                return null;
        }
    }
}
