using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations;

namespace Web.Security;

/// <summary>
/// Identifies visitors by a cookie of 256 random bits and a signature: a cookie that this site did not create makes a new visitor. The store contains only the hash of the random bits, so the
/// cookie cannot be read from the database. Cookies of earlier versions had no signature; they are accepted while conversations belong to them, and replaced.
/// </summary>
internal sealed class Visitors(RequestDelegate next, VisitorKeys keys, ConversationChatClient client)
{
    private const int Bytes = 32;
    private const int Characters = 43;

    /// <summary>The name of the cookie. Over https, browsers accept the prefix only from this host, with Secure and for all paths.</summary>
    public static string CookieName(HttpRequest request) => request.IsHttps ? $"__Host-{PlainName}" : PlainName;

    /// <summary>The name without https, and that of earlier versions.</summary>
    public const string PlainName = "visitor";

    public async Task InvokeAsync(HttpContext context)
    {
        var (request, name) = (context.Request, CookieName(context.Request));
        var secret = await ReadAsync(request.Cookies[name], context.RequestAborted);
        if (secret is null)
        {
            secret = await CarryOverAsync(request, context.RequestAborted) ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
            var cookie = $"{secret}.{await SignAsync(secret, context.RequestAborted)}";

            // When the response starts, because the exception handler clears headers that are set earlier.
            context.Response.OnStarting(() =>
            {
                Write(context, cookie);
                return Task.CompletedTask;
            });
        }

        context.Features.Set(new Visitor(TenantOf(secret)));
        await next(context);
    }

    /// <summary>Deletes the cookies of a visitor.</summary>
    public static void End(HttpContext context)
    {
        context.Items[typeof(Visitors)] = true;
        foreach (var name in new[] { CookieName(context.Request), PlainName }.Distinct())
        {
            context.Response.Cookies.Delete(name, Options(context.Request, null));
        }
    }

    private static void Write(HttpContext context, string cookie)
    {
        if (context.Items.ContainsKey(typeof(Visitors)))
        {
            return;
        }

        var name = CookieName(context.Request);
        context.Response.Cookies.Append(name, cookie, Options(context.Request, TimeSpan.FromDays(400)));
        if (name != PlainName && context.Request.Cookies.ContainsKey(PlainName))
        {
            context.Response.Cookies.Delete(PlainName, Options(context.Request, null));
        }
    }

    private static CookieOptions Options(HttpRequest request, TimeSpan? age) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, MaxAge = age, Path = "/" };

    private static string TenantOf(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));

    private static bool IsSecret(string? text) => text is { Length: Characters } && Base64Url.IsValid(text);

    /// <summary>The random bits of a cookie that this site created; null for any other cookie.</summary>
    private async ValueTask<string?> ReadAsync(string? cookie, CancellationToken cancellationToken)
    {
        if (cookie?.Split('.') is not [var secret, var signature] || !IsSecret(secret))
        {
            return null;
        }

        var expected = await SignAsync(secret, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected)) ? secret : null;
    }

    /// <summary>The random bits of a cookie of an earlier version, or of one from before https; null when it does not count.</summary>
    private async ValueTask<string?> CarryOverAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var cookie = request.Cookies[PlainName];
        if (await ReadAsync(cookie, cancellationToken) is { } signed)
        {
            return signed;
        }

        // Nobody can guess the cookie of a tenant that has conversations.
        return IsSecret(cookie) && (await client.Conversations.ForTenant(TenantOf(cookie!)).ListPageAsync(1, null, cancellationToken)).Conversations.Count > 0 ? cookie : null;
    }

    private async ValueTask<string> SignAsync(string secret, CancellationToken cancellationToken) =>
        Base64Url.EncodeToString(await keys.SignAsync(Encoding.ASCII.GetBytes($"visitor:{secret}"), cancellationToken));
}

/// <summary>Identifies the visitor who sent a request.</summary>
/// <param name="Id">The tenant of the visitor's conversations.</param>
internal sealed record Visitor(string Id)
{
    public static ValueTask<Visitor?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Visitor>());
}

/// <summary>Who sent a request, and from where.</summary>
/// <param name="Visitor">The tenant of the visitor's conversations.</param>
/// <param name="Address">The network address.</param>
internal sealed record Caller(string Visitor, string Address)
{
    public static ValueTask<Caller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.Features.Get<Visitor>() is { } visitor ? new Caller(visitor.Id, RateLimits.AddressOf(context)) : null);
}
