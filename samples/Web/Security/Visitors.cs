using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Web.Security;

/// <summary>
/// Tells visitors apart by a cookie that holds 256 random bits and nothing else: any node takes it, without shared keys. What is stored
/// under is its hash, so that nobody who reads the database can be a visitor.
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

/// <summary>Who asks.</summary>
/// <param name="Id">The tenant of the visitor's conversations.</param>
internal sealed record Visitor(string Id)
{
    public static ValueTask<Visitor?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Visitor>());
}
