namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>One way to change an answer.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Apply">Does it; false when the answer has nothing to do it to.</param>
/// <param name="For">What it can be done to.</param>
internal sealed record Mutation(string Name, Func<Draft, Random, bool> Apply, MutationFor For = MutationFor.Both)
{
    public bool Fits(Seed seed) => For switch
    {
        MutationFor.Streams => seed.IsStream,
        MutationFor.Bodies => !seed.IsStream,
        _ => true,
    };
}

internal enum MutationFor
{
    Both,
    Streams,
    Bodies,
}
