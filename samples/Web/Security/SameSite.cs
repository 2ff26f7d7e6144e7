namespace Web.Security;

/// <summary>
/// Rejects cross-site requests by their <c>Sec-Fetch-Site</c> or <c>Origin</c> header. This is a second protection: the cookie is
/// SameSite=Strict, and cross-site pages cannot send JSON bodies.
/// </summary>
internal sealed class SameSite(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || IsSameOrigin(context.Request)
            ? next(context)
            : throw new ProblemException(Problems.CrossSite);

    private static bool IsSameOrigin(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is [{ } site, ..]
        ? site is "same-origin" or "none"
        : request.Headers.Origin is not [{ } origin, ..]
            || (Uri.TryCreate(origin, UriKind.Absolute, out var originUri) && originUri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
