using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Model;

/// <summary>What an answer costs, in ticks of 1e-10 USD (sections 5, 7.10 and 13.2).</summary>
internal static class Pricing
{
    private const int LongPrompt = 200_000;
    private const long TicksPerSearch = 50_000_000;

    public static Usage Of(ModelInfo model, Reply reply, int inputTokens, int cachedTokens, bool isPriority)
    {
        var reasoning = reply.Output.OfType<ReasoningOutput>().Sum(item => item.Summary.Sum(Tokens.Of));
        var visible = reply.Output.Sum(item => item switch
        {
            MessageOutput message => Tokens.Of(message.Text),
            FunctionCallOutput call => Tokens.Of(call.Name) + Tokens.Of(call.Arguments),
            _ => 0,
        });
        var searches = reply.Output.OfType<WebSearchOutput>().Count();
        var output = reasoning + visible;

        var ticks = ((long)(inputTokens - cachedTokens) * model.InputPrice)
            + ((long)cachedTokens * model.CachedPrice)
            + ((long)output * model.OutputPrice);
        if (inputTokens > LongPrompt)
            ticks *= 2;
        if (isPriority)
            ticks *= 2;
        return new Usage(inputTokens, cachedTokens, output, reasoning, searches, ticks + (searches * TicksPerSearch));
    }
}
