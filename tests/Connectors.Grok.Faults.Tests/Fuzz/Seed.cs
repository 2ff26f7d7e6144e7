using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>An answer to mutate.</summary>
/// <param name="Name">The name.</param>
/// <param name="Parts">The JSON of its events, or its one body.</param>
/// <param name="IsStream">Whether the parts are events.</param>
internal sealed record Seed(string Name, string[] Parts, bool IsStream)
{
    public int Status { get; init; } = 200;

    public string? ContentType { get; init; } = IsStream ? "text/event-stream" : "application/json";

    /// <summary>Gets the answer as the service sends it.</summary>
    public WireAnswer ToAnswer() => new Draft(this).Render();
}
