using Connectors.Grok.Foundation;

namespace Connectors.Grok.DependencyInjection;

/// <summary>
/// Reads connection strings as .NET Aspire writes them: an address, or <c>Endpoint=…;Key=…;Deployment=…</c> with the names that its integrations of Foundry, Azure OpenAI,
/// Azure AI Inference and OpenAI use. Values are never repeated in messages.
/// </summary>
internal static class ConnectionString
{
    private const string OldRoute = "/models";

    /// <summary>Sets the options of a connection string.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Apply(string text, GrokChatClientOptions options)
    {
        var values = Uri.TryCreate(text.Trim(), UriKind.Absolute, out var bare) && bare.Scheme.StartsWith(Uri.UriSchemeHttp, StringComparison.Ordinal)
            ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Endpoint"] = text.Trim() }
            : Parse(text);
        if (values is null)
        {
            return "must be an address, or values such as Endpoint=https://…;Key=…;Deployment=…";
        }

        // The address for inference is that of the resource; the other one may be that of a management service.
        if (First(values, "EndpointAIInference", "Endpoint") is { } address)
        {
            if (!Uri.TryCreate(WithoutOldRoute(address), UriKind.Absolute, out var endpoint))
            {
                return "must have an absolute address as its Endpoint";
            }

            // A key that was set for another endpoint must not be sent to this one.
            (options.Endpoint, options.ApiKey) = (endpoint, null);
        }

        options.ApiKey = First(values, "Key", "ApiKey", "AccessKey") ?? options.ApiKey;
        var (deployment, model) = (First(values, "Deployment", "DeploymentId"), First(values, "Model"));
        options.Model = deployment ?? model ?? options.Model;
        if (deployment is not null && model is not null)
        {
            options.ModelNames[deployment] = model;
        }

        return null;
    }

    private static Dictionary<string, string>? Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var separator))
            {
                return null;
            }

            values[part[..separator].Trim()] = part[(separator + 1)..].Trim().Trim('"', '\'');
        }

        return values;
    }

    private static string? First(Dictionary<string, string> values, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (values.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The address without the route of Azure AI Inference, below which there is no Responses API.</summary>
    private static string WithoutOldRoute(string address) =>
        address.TrimEnd('/') is var trimmed && trimmed.EndsWith(OldRoute, StringComparison.OrdinalIgnoreCase) ? trimmed[..^OldRoute.Length] : trimmed;
}
