namespace Connectors.Grok.Transport.Http;

/// <summary>Builds routes that contain ids.</summary>
internal static class Routes
{
    /// <summary>Gets the route of one element of a family, such as <c>responses/ID</c>.</summary>
    /// <param name="family">The family.</param>
    /// <param name="id">The id, which is opaque.</param>
    /// <param name="paramName">The name of the caller's parameter.</param>
    /// <exception cref="ArgumentException">The id is null, blank, or not a valid id.</exception>
    public static string Item(string family, string id, string paramName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id, paramName);
        // Its characters must stay inside the path segment.
        return id is "." or ".." ? throw new ArgumentException($"'{id}' is not an id.", paramName) : $"{family}/{Uri.EscapeDataString(id)}";
    }

    /// <summary>Adds a query of the values that are set.</summary>
    public static string WithQuery(string route, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var separator = '?';
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                route += $"{separator}{name}={Uri.EscapeDataString(value)}";
                separator = '&';
            }
        }

        return route;
    }
}
