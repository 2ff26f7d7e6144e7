namespace Web.Security;

/// <summary>
/// Refuses what other sites make a visitor's browser send. The cookie is SameSite=Strict and bodies are JSON, which sites cannot send
/// across; this is the second lock, by what every browser says of a request's origin.
/// </summary>
internal sealed class SameSite(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || IsOurs(context.Request)
            ? next(context)
            : throw new ProblemException(Problems.CrossSite);

    private static bool IsOurs(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is [{ } site, ..]
        ? site is "same-origin" or "none"
        : request.Headers.Origin is not [{ } origin, ..]
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
