using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A piece of work that floor and library do in comparison, and its budgets.</summary>
/// <param name="Work">The work.</param>
/// <param name="Time">The maximum time, as a multiple of that of the floor.</param>
/// <param name="Allocated">The maximum allocated bytes, as a multiple of those of the floor or of the request body.</param>
/// <param name="Bodies">Creates the bodies: floor, library, and OpenAI package if it supports the work.</param>
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
        new("20 kB answer, single POST", 1.5, 2.0, static () =>
        {
            var group = new WholeAnswer();
            return [group.Floor, group.Grok, group.OpenAI];
        }),
        new("20 kB answer, from a stream", 1.5, 2.0, static () =>
        {
            var group = new StreamedWholeAnswer();
            return [group.Floor, group.Grok];
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

    /// <summary>Whether the budget for bytes is a multiple of the request body instead of the allocations of the floor.</summary>
    public bool IsAboutBody { get; init; }
}
