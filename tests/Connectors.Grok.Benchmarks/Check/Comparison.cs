using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A work that floor and ours do side by side, and its budgets.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Time">The most time, as a multiple of the floor's.</param>
/// <param name="Allocated">The most bytes, as a multiple of the floor's or of the request's body.</param>
/// <param name="Bodies">Makes them: floor, ours, and the OpenAI package's where it can.</param>
internal sealed record Comparison(string Work, double Time, double Allocated, Func<Func<Task<Tally>>[]> Bodies)
{
    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("stream of 1,000 text deltas", 1.6, 3.5, static () =>
        {
            var group = new TextDeltas();
            return [group.Floor, group.Grok, group.OpenAI];
        }),
        new("stream of 1,000 reasoning deltas", 1.6, 3.5, static () =>
        {
            var group = new ReasoningDeltas();
            return [group.Floor, group.Grok, group.OpenAI];
        }),
        new("20 kB answer, not streamed", 1.5, 2.0, static () =>
        {
            var group = new WholeAnswer();
            return [group.Floor, group.Grok, group.OpenAI];
        }),
        new("request from 200 messages", 1.5, 1.5, static () =>
        {
            var group = new HistoryRequest();
            return [group.Floor, group.Grok, group.OpenAI];
        }) { IsAboutBody = true },
        new("stateful turn, in-memory store", 1.15, 1.3, static () =>
        {
            var group = new StatefulTurn();
            return [group.Floor, group.Grok];
        }),
    ];

    /// <summary>Whether the budget for bytes is about the body that the floor sends, not about what it allocates.</summary>
    public bool IsAboutBody { get; init; }
}
