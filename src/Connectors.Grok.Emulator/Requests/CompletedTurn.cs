using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Requests;

/// <summary>What the page shows of a completed response.</summary>
/// <param name="Text">The beginning of its text; the names of its calls where it has no text.</param>
/// <param name="CostInUsdTicks">Its cost, in ticks of 1e-10 USD.</param>
/// <param name="InputTokens">Its input tokens.</param>
/// <param name="OutputTokens">Its output tokens.</param>
internal sealed record CompletedTurn(string Text, long CostInUsdTicks, int InputTokens, int OutputTokens)
{
    private const int MaxText = 2_000;

    public static CompletedTurn From(Turn turn)
    {
        var text = string.Concat(turn.Reply.Output.Select(static item => item switch
        {
            MessageOutput message => message.Text,
            RefusalOutput refusal => refusal.Text,
            FunctionCallOutput call => $"[{call.Name}] ",
            _ => "",
        }));
        return new CompletedTurn(text.Length > MaxText ? text[..MaxText] + "…" : text, turn.Usage.CostInUsdTicks, turn.Usage.InputTokens, turn.Usage.OutputTokens);
    }
}
