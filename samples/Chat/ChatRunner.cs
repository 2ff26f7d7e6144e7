using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Runs lines, messages and commands alike, one after the other, and says of each that failed what was wrong.</summary>
internal sealed class ChatRunner : IDisposable
{
    private readonly ChatSession _session;
    private readonly GrokResponsesClient _responses;
    private readonly IAnswerView _view;
    private readonly Terminal _terminal;
    private readonly Commands _commands;
    private readonly Interrupt _interrupt = new();

    public ChatRunner(ChatSession session, GrokResponsesClient responses, IAnswerView view, Terminal terminal)
    {
        (_session, _responses, _view, _terminal) = (session, responses, view, terminal);
        _commands = new Commands(session, responses, terminal, ShowAsync);
    }

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
            _terminal.Echo(line);
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

            await ShowAsync(_session.SendAsync(line, running.Token), running.Token);
            return Outcome.Done;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            _terminal.Hint($"Stopped. {await _commands.PositionAsync(CancellationToken.None)}");
            return Outcome.Stopped;
        }
        catch (Exception e) when (Failure.Describe(e) is { } words)
        {
            _terminal.Error(await ExplainAsync(e, running.Token) ?? words);
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

    /// <summary>What this conversation knows of a failure beyond the failure's own words.</summary>
    private async Task<string?> ExplainAsync(Exception e, CancellationToken cancellationToken)
    {
        switch ((e as GrokException)?.Kind)
        {
            case GrokErrorKind.UnknownModel when await Failure.ModelNamesAsync(_responses, cancellationToken) is { } names:
                return $"The service has no model of that name for you. Choose one with --model: {names}.";
            case GrokErrorKind.UnknownModel:
                return "The service has no model of that name for you. Choose another with --model.";
            case GrokErrorKind.UnknownResponse when _session.IsRooted:
                return "The service does not know the response to continue from (wrong id, deleted, or older than 30 days). Leave out --continue to start anew.";
            default:
                return null;
        }
    }
}
