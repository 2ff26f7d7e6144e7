using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Web.Security;

/// <summary>
/// Identifies visitors by a cookie of 256 random bits. Any node accepts it, without shared keys. The store contains only its hash, so the
/// cookie cannot be read from the database.
/// </summary>
internal sealed class Visitors(RequestDelegate next)
{
    public const string CookieName = "visitor";
    private const int Bytes = 32;
    private const int Characters = 43;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: Characters } secret || !Base64Url.IsValid(secret))
        {
            secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
            context.Response.Cookies.Append(CookieName, secret, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                MaxAge = TimeSpan.FromDays(400),
                Path = "/",
            });
        }

        context.Features.Set(new Visitor(Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(secret)))));
        return next(context);
    }
}

/// <summary>Identifies the visitor who sent a request.</summary>
/// <param name="Id">The tenant of the visitor's conversations.</param>
internal sealed record Visitor(string Id)
{
    public static ValueTask<Visitor?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Visitor>());
}
