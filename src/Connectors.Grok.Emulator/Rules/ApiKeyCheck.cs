using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the API key: a missing key is a 401, a wrong key a 400 (docs/wire.md#errors).</summary>
internal static class ApiKeyCheck
{
    private const string Scheme = "Bearer ";

    public static void Check(HttpRequest request, string? expected)
    {
        if (expected is null)
        {
            return;
        }

        var authorization = request.Headers.Authorization.ToString();
        var key = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        if (key.Length == 0)
        {
            throw new ApiException(StatusCodes.Status401Unauthorized, "unauthenticated:no-credentials", "No credentials presented.");
        }

        if (!string.Equals(key, expected, StringComparison.Ordinal))
        {
            throw ApiException.InvalidArgument(
                $"Incorrect API key provided: {Redact(key)}. You can obtain an API key from https://console.x.ai.");
        }
    }

    private static string Redact(string key) => key.Length < 8 ? "***" : $"{key[..2]}***{key[^2..]}";
}
