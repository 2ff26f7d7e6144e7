using Microsoft.Extensions.AI;

namespace Web.Runs;

/// <summary>What is asked for.</summary>
/// <param name="Messages">What is said.</param>
/// <param name="After">The turn to follow; null for the last one, empty for the beginning.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">What shall go wrong, in the emulator's words; null for nothing.</param>
internal sealed record Question(IReadOnlyList<ChatMessage> Messages, string? After, bool Search, string? Fault);
