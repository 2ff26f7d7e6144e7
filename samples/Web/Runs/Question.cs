using Microsoft.Extensions.AI;

namespace Web.Runs;

/// <summary>The input of an answer.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="After">The id of the parent turn; empty for the beginning.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">The fault to simulate, in the emulator's syntax; null for none.</param>
internal sealed record Question(IReadOnlyList<ChatMessage> Messages, string? After, bool Search, string? Fault)
{
    /// <summary>The model; null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The reasoning effort; null for the default.</summary>
    public string? Effort { get; init; }

    /// <summary>The title that the conversation gets with its first turn; null when it has one.</summary>
    public string? Title { get; init; }
}
