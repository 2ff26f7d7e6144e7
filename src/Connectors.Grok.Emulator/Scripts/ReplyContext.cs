using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>The request that a scripted reply answers.</summary>
internal sealed class ReplyContext(CreateRequest request, string responseId, GrokProfile profile)
{
    private readonly string _digits = responseId.Replace("-", "", StringComparison.Ordinal)[..12];
    private int _calls;

    public bool IsLegacy => profile == GrokProfile.Docs2025;

    public bool InlinesCitations => !Includes("no_inline_citations");

    public IReadOnlyList<Tool> Tools => request.Tools;

    public bool Includes(string include) => request.Include.Contains(include);

    public string NextCallId() => $"call_{_digits}{_calls++:D4}";

    public string NextXCallId() => $"xs_call_{10_000_000 + _calls++}";
}
