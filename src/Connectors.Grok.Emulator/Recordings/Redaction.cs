using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Redacts API keys, tokens, end users and team ids in a text.</summary>
internal static partial class Redaction
{
    private const string AnonymousId = "00000000-0000-0000-0000-000000000000";

    public static string Redact(string text) => Teams().Replace(Members().Replace(Keys().Replace(text, "xai-***"), "${name}\"***\""), "${prefix}" + AnonymousId);

    [GeneratedRegex(@"\bxai-[A-Za-z0-9_-]{4,}", RegexOptions.None, 1000)]
    private static partial Regex Keys();

    [GeneratedRegex("""(?<name>"(?:authorization|Authorization|x-api-key|api_key|redacted_api_key|user|user_id|safety_identifier)"\s*:\s*)"(?:[^"\\]|\\.)*"?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Members();

    [GeneratedRegex(@"(?<prefix>[Tt]eam:? |API key ID: )[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Teams();
}
