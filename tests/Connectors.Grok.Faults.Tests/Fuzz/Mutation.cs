namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>A mutation of an answer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Apply">Applies the mutation; false when it does not apply to the answer.</param>
/// <param name="For">The answers that it applies to.</param>
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
