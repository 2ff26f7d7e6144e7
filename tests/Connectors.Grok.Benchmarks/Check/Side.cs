namespace Connectors.Grok.Benchmarks.Check;

/// <summary>Who does the work of a row: the columns of the table, and what else a value is compared with.</summary>
internal enum Side
{
    /// <summary>The smallest program that does the same work.</summary>
    Floor,

    /// <summary>This library.</summary>
    Grok,

    /// <summary>The Responses client of the OpenAI package.</summary>
    OpenAI,

    /// <summary>The adapter from that client to <c>IChatClient</c>, of Microsoft.Extensions.AI.OpenAI.</summary>
    Adapter,

    /// <summary>The second turn of this library's own conversation, which a later turn is compared with. It has no column.</summary>
    SecondTurn,
}

/// <summary>The work of one side, which can be run again and again.</summary>
/// <param name="Side">The side.</param>
/// <param name="RunAsync">Does the work once.</param>
internal readonly record struct Body(Side Side, Func<Task<Support.Tally>> RunAsync);
