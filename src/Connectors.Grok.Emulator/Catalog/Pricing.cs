using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>Computes the usage and the cost of a reply, in ticks of 1e-10 USD (docs/wire.md#usage-and-cost).</summary>
internal static class Pricing
{
    private const int LongPromptTokens = 200_000;
    private const long TicksPerSearch = 50_000_000;
    private const long TicksPerFileSearch = 25_000_000;

    public static Usage CreateUsage(ModelInfo model, Reply reply, int inputTokens, int cachedTokens, bool isPriority)
    {
        var reasoning = reply.Output.OfType<ReasoningOutput>().Sum(item => item.Summary.Sum(TokenCounter.Count) + TokenCounter.Count(item.Text ?? ""));
        var visible = reply.Output.Sum(item => item switch
        {
            MessageOutput message => TokenCounter.Count(message.Text),
            RefusalOutput refusal => TokenCounter.Count(refusal.Text),
            FunctionCallOutput call => TokenCounter.Count(call.Name) + TokenCounter.Count(call.Arguments),
            _ => 0,
        });
        var tools = new ToolCalls(
            Count<WebSearchOutput>(reply),
            Count<XSearchOutput>(reply),
            Count<CodeOutput>(reply),
            Count<FileSearchOutput>(reply),
            Count<McpOutput>(reply),
            Count<ImageOutput>(reply));
        var output = reasoning + visible;
        if (reply.Tokens is { } scripted)
        {
            (inputTokens, cachedTokens, output, reasoning) = scripted;
        }

        var ticks = ((long)Math.Max(0, inputTokens - cachedTokens) * model.InputPrice)
            + ((long)cachedTokens * model.CachedPrice)
            + ((long)output * model.OutputPrice);
        if (inputTokens > LongPromptTokens)
        {
            ticks *= 2;
        }

        if (isPriority)
        {
            ticks *= 2;
        }

        ticks += ((tools.Web + tools.X + tools.Code) * TicksPerSearch) + (tools.Files * TicksPerFileSearch);
        return new Usage(inputTokens, cachedTokens, output, reasoning, tools, ticks);
    }

    private static int Count<T>(Reply reply) => reply.Output.OfType<T>().Count();
}
