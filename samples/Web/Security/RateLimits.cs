using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Web.Security;

/// <summary>Rate limits per address and per visitor. The limit per address is needed because a new visitor cookie costs nothing.</summary>
internal static class RateLimits
{
    public const string Messages = "messages";
    public const string Streams = "streams";

    public static void AddRateLimits(this IServiceCollection services, WebSettings settings) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = static (context, _) => Problems.WriteAsync(
            context.HttpContext,
            new Problem(429, "rate-limit", "Too many requests.", "Try again later.")
            {
                RetryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(5),
            });
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => PerMinute($"{context.Connection.RemoteIpAddress}", settings.RequestsPerAddress)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => PerMinute(Visitor(context), settings.RequestsPerVisitor)));
        options.AddPolicy(Messages, context => PerMinute(Visitor(context), settings.MessagesPerVisitor));
        options.AddPolicy(Streams, context => RateLimitPartition.GetConcurrencyLimiter(
            Visitor(context), _ => new ConcurrencyLimiterOptions { PermitLimit = settings.StreamsPerVisitor }));
    });

    private static string Visitor(HttpContext context) => context.Features.Get<Visitor>()?.Id ?? "";

    private static RateLimitPartition<string> PerMinute(string key, int requests) => RateLimitPartition.GetFixedWindowLimiter(
        key, _ => new FixedWindowRateLimiterOptions { PermitLimit = requests, Window = TimeSpan.FromMinutes(1) });
}
