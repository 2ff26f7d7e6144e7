namespace Connectors.Grok.Foundation;

/// <summary>Validates the addresses of the options.</summary>
internal static class EndpointSettings
{
    private const string Default = "https://api.x.ai/v1";

    /// <summary>Completes the endpoint from the environment and with the path of its host.</summary>
    /// <returns>The address, which ends with a slash, and whether it was read from the environment.</returns>
    /// <exception cref="ArgumentException">It is wrong; the message does not repeat it.</exception>
    public static (Uri Endpoint, bool IsFromEnvironment) Normalize(Uri? given)
    {
        const string Setting = nameof(GrokChatClientOptions.Endpoint);
        var text = Environment.GetEnvironmentVariable("XAI_BASE_URL");
        var endpoint = given
            ?? (Uri.TryCreate(string.IsNullOrWhiteSpace(text) ? Default : text.Trim(), UriKind.Absolute, out var parsed) ? parsed : null);
        Check(endpoint, Setting, given is null ? " (it was read from XAI_BASE_URL)" : "");
        var path = endpoint!.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/responses", StringComparison.Ordinal))
        {
            throw GrokSettings.Wrong(Setting, "must be the API's address, without the route /responses");
        }

        return (new UriBuilder(endpoint) { Path = Complete(path, KnownHost.Of(endpoint)) + "/" }.Uri, given is null && !string.IsNullOrWhiteSpace(text));
    }

    /// <summary>Checks the address of stored responses, which must be on the host of the endpoint: requests to it carry the credential.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message does not repeat it.</exception>
    public static Uri NormalizeStored(Uri given, Uri endpoint)
    {
        const string Setting = nameof(GrokChatClientOptions.StoredResponsesEndpoint);
        Check(given, Setting, "");
        return Uri.Compare(given, endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
            ? new UriBuilder(given) { Path = given.AbsolutePath.TrimEnd('/') + "/" }.Uri
            : throw GrokSettings.Wrong(Setting, $"must be on the host of {nameof(GrokChatClientOptions.Endpoint)}, which gets the credential");
    }

    /// <summary>Completes a path. People paste the host, the host with the path, and either with a slash at the end; all mean the same.</summary>
    private static string Complete(string path, KnownHost host)
    {
        if (path.Length == 0)
        {
            return host.Path ?? throw GrokSettings.Wrong(nameof(GrokChatClientOptions.Endpoint), $"must have the form {host.Form} at this host");
        }

        // The address of a project, as portals show it.
        return host.NamesDeployments && path.StartsWith("/api/projects/", StringComparison.OrdinalIgnoreCase) && path.LastIndexOf('/') == "/api/projects".Length ? path + host.Path : path;
    }

    private static void Check(Uri? endpoint, string setting, string source)
    {
        if (endpoint is not { IsAbsoluteUri: true } || (endpoint.Scheme != Uri.UriSchemeHttps && endpoint.Scheme != Uri.UriSchemeHttp))
        {
            throw GrokSettings.Wrong(setting, $"must be an absolute http(s) address such as {Default}{source}");
        }

        if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback)
        {
            throw GrokSettings.Wrong(setting, $"must use https: plain http to '{endpoint.Host}' would send the key in the clear. Only loopback may be plain");
        }

        if (endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            var form = KnownHost.Of(endpoint) is { NamesDeployments: true, Form: { } known } ? $". At this host it has the form {known}, which takes no api-version" : "";
            throw GrokSettings.Wrong(setting, $"must be a bare address: no user, query or fragment{form}");
        }
    }
}
