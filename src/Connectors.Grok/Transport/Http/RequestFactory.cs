using System.Reflection;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>Creates requests: their address and their headers.</summary>
/// <param name="settings">The client's settings.</param>
internal sealed class RequestFactory(GrokSettings settings)
{
    private static readonly string Product =
        $"Connectors.Grok/{typeof(RequestSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    /// <summary>Creates the request of one attempt.</summary>
    public HttpRequestMessage Create(HttpMethod method, string route, RequestBody? body, string accept, SentCredential credential, Deadline deadline)
    {
        // Stored responses may live elsewhere than new ones.
        var endpoint = method != HttpMethod.Post && route.StartsWith("responses/", StringComparison.Ordinal) ? settings.Hosting.StoredEndpoint : settings.Endpoint;
        // The endpoint ends with a slash.
        var request = new HttpRequestMessage(method, new Uri(endpoint.AbsoluteUri + route));
        // Known to be well-formed: a first call need not compile their parsers.
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", Product);
        request.Headers.TryAddWithoutValidation("x-client-request-id", deadline.ClientRequestId);
        var credentials = settings.Credentials;
        if (credential.Value is { } value)
        {
            request.Headers.TryAddWithoutValidation(credentials.Header, credentials.Scheme.Length == 0 ? value : $"{credentials.Scheme} {value}");
        }

        foreach (var (name, text) in credentials.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, text);
        }

        request.Content = body?.NewContent();
        return request;
    }
}
