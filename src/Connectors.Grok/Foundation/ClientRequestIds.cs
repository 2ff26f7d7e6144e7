using System.Runtime.CompilerServices;

namespace Connectors.Grok.Foundation;

/// <summary>The rules for ids that a caller passes for <c>x-client-request-id</c>.</summary>
internal static class ClientRequestIds
{
    private const int MostLetters = 256;

    /// <summary>Checks an id; null is the client's own.</summary>
    /// <exception cref="ArgumentException">The id cannot be a header's value.</exception>
    public static string? Check(string? id, [CallerArgumentExpression(nameof(id))] string? parameter = null) =>
        id is null || (id.Length is > 0 and <= MostLetters && id.All(static c => c is > ' ' and < (char)127))
            ? id
            : throw new ArgumentException($"A client request id must have 1 to {MostLetters} visible ASCII characters.", parameter);
}
