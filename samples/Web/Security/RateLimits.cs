using System.Net.Sockets;
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
            PartitionedRateLimiter.Create<HttpContext, string>(context => PerMinute(AddressOf(context), settings.RequestsPerAddress)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => PerMinute(VisitorOf(context), settings.RequestsPerVisitor)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => IsMessage(context)
                ? PerMinute(AddressOf(context), settings.MessagesPerAddress)
                : RateLimitPartition.GetNoLimiter("")));
        options.AddPolicy(Messages, context => PerMinute(VisitorOf(context), settings.MessagesPerVisitor));
        options.AddPolicy(Streams, context => RateLimitPartition.GetConcurrencyLimiter(
            VisitorOf(context), _ => new ConcurrencyLimiterOptions { PermitLimit = settings.StreamsPerVisitor }));
    });

    /// <summary>The address that counts: of IPv6 the network of 64 bits, because one customer has that many addresses.</summary>
    public static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static string VisitorOf(HttpContext context) => context.Features.Get<Visitor>()?.Id ?? "";

    private static bool IsMessage(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Messages;

    private static RateLimitPartition<string> PerMinute(string key, int requests) => RateLimitPartition.GetFixedWindowLimiter(
        key, _ => new FixedWindowRateLimiterOptions { PermitLimit = requests, Window = TimeSpan.FromMinutes(1) });
}
