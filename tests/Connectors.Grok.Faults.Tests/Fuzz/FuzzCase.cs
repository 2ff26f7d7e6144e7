using System.Globalization;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>One mutated answer and how it is read; deterministic for a seed and index.</summary>
/// <param name="Seed">The original answer.</param>
/// <param name="Mutations">The applied mutations.</param>
/// <param name="KeepsMeaning">Whether the mutations keep the meaning.</param>
/// <param name="Answer">The bytes.</param>
/// <param name="Cuts">The sizes of the pieces.</param>
internal sealed record FuzzCase(Seed Seed, IReadOnlyList<string> Mutations, bool KeepsMeaning, WireAnswer Answer, int Cuts)
{
    /// <summary>Whether a stream is requested.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Whether it is read through a conversation.</summary>
    public bool IsConversation { get; init; }

    /// <summary>The number of bytes after which the service stalls and the caller cancels; null for never.</summary>
    public int? CancelsAt { get; init; }

    public string Notes => $"{Seed.Name}; {string.Join(", ", Mutations)}; {(IsStreamed ? "streamed" : "whole")}{(IsConversation ? ", conversation" : "")}"
        + (CancelsAt is { } at ? string.Create(CultureInfo.InvariantCulture, $", cancelled at byte {at}") : "");
}

/// <summary>Creates the cases of one run.</summary>
internal sealed class FuzzCases
{
    private readonly IReadOnlyList<Seed> _seeds;
    private readonly IReadOnlyList<Mutation> _bytes;
    private readonly ulong _seed;

    public FuzzCases(IReadOnlyList<Seed> seeds, ulong seed)
    {
        (_seeds, _seed) = (seeds, seed);
        _bytes = ByteMutations.All([.. seeds.Select(static s => s.ToAnswer().Body)]);
    }

    public FuzzCase this[int index]
    {
        get
        {
            var random = new Random(Mix(_seed, index));
            var seed = _seeds[random.Next(_seeds.Count)];
            var draft = new Draft(seed);
            var names = new List<string>();
            var isKept = random.Next(4) == 0;
            Apply(draft, random, names, KeepingMutations.All, isKept ? random.Next(1, 4) : random.Next(2));
            if (!isKept)
            {
                var isRandom = random.Next(3) == 0;
                Apply(draft, random, names, isRandom ? _bytes : BreakingMutations.All, random.Next(1, 4));
            }

            var answer = draft.Render();
            var isStreamed = random.Next(20) == 0 ? !seed.IsStream : seed.IsStream;
            return new FuzzCase(seed, names, isKept && isStreamed == seed.IsStream, answer, random.Next())
            {
                IsStreamed = isStreamed,
                IsConversation = random.Next(8) == 0,
                CancelsAt = random.Next(25) == 0 ? random.Next(answer.Body.Length + 1) : null,
            };
        }
    }

    private static void Apply(Draft draft, Random random, List<string> names, IReadOnlyList<Mutation> all, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var mutation = all[random.Next(all.Count)];
            if (mutation.Fits(draft.Seed) && mutation.Apply(draft, random))
            {
                names.Add(mutation.Name);
            }
        }
    }

    private static int Mix(ulong seed, int index)
    {
        var z = seed + ((ulong)index * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(z ^ (z >> 31));
    }
}
