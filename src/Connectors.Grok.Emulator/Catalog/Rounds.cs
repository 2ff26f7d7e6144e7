using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>
/// The tokens of the rounds of a reply. Each call of a hosted tool, or each group of calls that run in parallel, ends a round; the prompt of
/// the next one holds everything before it, and the prompt of the round before comes from the cache (docs/wire.md#usage-and-cost).
/// </summary>
internal sealed record Rounds(int Input, int Cached, int Output, int Reasoning, int LastInput, int LastOutput)
{
    public static Rounds Count(Reply reply, int inputTokens, int cachedTokens, int cachedStep)
    {
        var (input, cached, output, reasoning) = (0, 0, 0, 0);
        var (prompt, promptCached, roundOutput, added) = (inputTokens, cachedTokens, 0, 0);
        foreach (var (index, item) in reply.ToItems().Index())
        {
            var thoughts = ReasoningTokens(reply.Output[index]);
            var tokens = thoughts + VisibleTokens(reply.Output[index]);
            reasoning += thoughts;
            roundOutput += tokens;
            output += tokens;
            added += TokenCounter.Count(item);
            if (!EndsRound(reply.Output, index))
            {
                continue;
            }

            input += prompt;
            cached += promptCached;
            promptCached = prompt / cachedStep * cachedStep;
            prompt += added;
            (roundOutput, added) = (0, 0);
        }

        return new Rounds(input + prompt, cached + promptCached, output, reasoning, prompt, roundOutput);
    }

    private static bool EndsRound(IReadOnlyList<OutputItem> output, int index) =>
        output[index] is HostedOutput and not ToolSearchCallOutput
        && index + 1 < output.Count
        && (output[index].Group is null || output[index].Group != output[index + 1].Group);

    private static int ReasoningTokens(OutputItem item) => item is ReasoningOutput reasoning ? reasoning.Summary.Sum(TokenCounter.Count) + TokenCounter.Count(reasoning.Text ?? "") : 0;

    private static int VisibleTokens(OutputItem item) => item switch
    {
        MessageOutput message => TokenCounter.Count(message.Text),
        RefusalOutput refusal => TokenCounter.Count(refusal.Text),
        FunctionCallOutput call => TokenCounter.Count(call.Name) + TokenCounter.Count(call.Arguments),
        _ => 0,
    };
}
