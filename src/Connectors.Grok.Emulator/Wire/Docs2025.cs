using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Converts replies and error codes to the form of late 2025: searches with a name and arguments, citations without positions.</summary>
internal static class Docs2025
{
    public static Reply Rewrite(Reply reply) => reply with { Output = [.. reply.Output.Select(Rewrite)] };

    private static OutputItem Rewrite(OutputItem item) => item switch
    {
        WebSearchOutput search => search with { IsLegacy = true },
        XSearchOutput x => x with { IsLegacy = true },
        MessageOutput message => message with { Annotations = [.. message.Annotations.Select(citation => new Citation(citation.Url, Title: null, Start: null, End: null))] },
        _ => item,
    };

    /// <summary>Returns the sentence for an error code. The sentences are those of gRPC status codes.</summary>
    public static string ErrorCode(string code) => code switch
    {
        "400" or "422" or "410" or "invalid-argument" or "invalid_image" => "Client specified an invalid argument",
        "not-found" => "Some requested entity was not found",
        "permission-denied" => "The caller does not have permission to execute the specified operation",
        "resource-exhausted" => "Some resource has been exhausted",
        _ when code.StartsWith("unauthenticated:", StringComparison.Ordinal) => "The request does not have valid authentication credentials",
        _ => code,
    };
}
