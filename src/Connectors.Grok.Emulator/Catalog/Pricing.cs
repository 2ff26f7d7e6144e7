using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>Computes the usage and the cost of a reply, in ticks of 1e-10 USD (docs/wire.md#usage-and-cost).</summary>
internal static class Pricing
{
    private const long TicksPerCall = 50_000_000;
    private const long TicksPerFileSearch = 25_000_000;
    private const long TicksPerPost = 50_000_000;
    private const long TicksPerProfile = 100_000_000;

    private const int PriorityFactor = 2;

    public static Usage CreateUsage(ModelInfo model, Reply reply, CreateRequest request, Rounds rounds, bool isPriority)
    {
        var tools = CountTools(reply, request);
        var (input, cached, output, reasoning) = reply.Tokens ?? (rounds.Input, rounds.Cached, rounds.Output, rounds.Reasoning);
        var (contextInput, contextOutput) = reply.Tokens is null ? (rounds.LastInput, rounds.LastOutput) : (input, output);
        var ticks = ((long)Math.Max(0, input - cached) * model.InputPrice)
            + ((long)cached * model.CachedPrice)
            + ((long)output * model.OutputPrice);

        // Every token of the request costs double, the cached ones too.
        if (model.LongContextThreshold > 0 && contextInput >= model.LongContextThreshold)
        {
            ticks *= ModelInfo.LongContextFactor;
        }

        if (isPriority)
        {
            ticks *= PriorityFactor;
        }

        ticks += ((tools.Web + tools.Code + tools.Documents) * TicksPerCall) + (tools.Files * TicksPerFileSearch)
            + (tools.XPosts * TicksPerPost) + (tools.XUsers * TicksPerProfile);
        return new Usage(input, cached, output, reasoning, tools, ticks) { ContextInput = contextInput, ContextOutput = contextOutput };
    }

    private static ToolCalls CountTools(Reply reply, CreateRequest request)
    {
        var searches = reply.Output.OfType<XSearchOutput>().ToList();
        var servers = request.Tools.Where(tool => tool.Type == "mcp").Select(tool => tool.Key).Concat(reply.Output.OfType<McpOutput>().Select(call => call.Server));
        return new ToolCalls
        {
            Web = Count<WebSearchOutput>(reply),
            X = searches.Count,
            XPosts = searches.Sum(search => search.Posts),
            XUsers = searches.Sum(search => search.Users),
            Code = Count<CodeOutput>(reply),
            Files = Count<FileSearchOutput>(reply),
            Mcp = Count<McpOutput>(reply),
            McpListings = servers.Distinct().Count(),
            Documents = reply.DocumentSearches,
            Images = Count<ImageOutput>(reply),
        };
    }

    private static int Count<T>(Reply reply) => reply.Output.OfType<T>().Count();
}
