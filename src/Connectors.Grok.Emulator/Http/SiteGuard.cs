using System.Net;

namespace Connectors.Grok.Emulator.Http;

/// <summary>
/// Finds requests that a web page of another site can send: those whose Host header is a name that this emulator does not have, as after DNS
/// rebinding, and those whose Origin is another site. Requests in memory are not checked, since no page can send them.
/// </summary>
internal sealed class SiteGuard(GrokEmulatorOptions options)
{
    private const string AnyHost = "*";

    /// <summary>Returns the reason for which a request is refused; null when it is accepted.</summary>
    public string? FindProblem(HttpRequest request)
    {
        if (!IsAllowed(request.Host.Host))
        {
            return "The Host header is not a loopback name. Use http://127.0.0.1 or http://localhost, or allow the name: --allow-host NAME, or GrokEmulatorOptions.AllowedHosts.";
        }

        var origin = request.Headers.Origin;
        if (origin.Count > 0 && !origin.ToString().Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
        {
            return "Pages of other sites cannot use this emulator: the Origin header names another site.";
        }

        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && !IsNavigation(request)
            ? "Pages of other sites cannot use this emulator: the browser says that another site sent this request."
            : null;
    }

    // A link on another site may open the page of the emulator: the other site cannot read it.
    private static bool IsNavigation(HttpRequest request) => request.Method == "GET" && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    // Bedrock reads the region from the name. Nobody but Amazon can give these names an address.
    private static bool IsBedrock(string host) => host.StartsWith("bedrock-", StringComparison.OrdinalIgnoreCase)
        && (host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".api.aws", StringComparison.OrdinalIgnoreCase));

    // An address cannot be rebound, so other addresses of the machine are accepted where the emulator listens on them.
    private bool IsAllowed(string host) => Listener.IsLoopback(host)
        || (options.AllowRemote && IPAddress.TryParse(host.Trim('[', ']'), out _))
        || (options.ServedBy is BedrockHost && IsBedrock(host))
        || options.AllowedHosts.Any(allowed => allowed == AnyHost || allowed.Equals(host, StringComparison.OrdinalIgnoreCase));
}
