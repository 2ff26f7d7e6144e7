using System.Globalization;
using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <content>Errors of HTTP, in the service's own words (section 12.2). They are given before the request is looked at.</content>
public sealed partial record Fault
{
    private const string Team = "00000000-0000-0000-0000-000000000000";

    /// <summary>An HTTP error with a flat body, given before the request is looked at.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">The <c>code</c> of the body.</param>
    /// <param name="error">The <c>error</c> of the body.</param>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds; not sent when null.</param>
    /// <returns>The fault.</returns>
    public static Fault Status(int status, string code, string error, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        var fault = new Fault(FaultKind.Status) { HttpStatus = status, Code = code, Error = error };
        return retryAfter is { } wait
            ? fault.WithHeader("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture))
            : fault;
    }

    /// <summary>429, too many requests: worth another try.</summary>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds; not sent when null, which is common.</param>
    /// <returns>The fault.</returns>
    public static Fault RateLimited(TimeSpan? retryAfter = null) => Status(
        429,
        "resource-exhausted",
        $"Too many requests for team {Team} and model grok-4.6. Your team's rate limit is - Requests per Minute (actual/limit): 2/2.",
        retryAfter);

    /// <summary>429 with the same code as <see cref="RateLimited"/>, but the quota is used up: no retry helps. Only the text tells.</summary>
    /// <returns>The fault.</returns>
    public static Fault QuotaExceeded() => Status(429, "resource-exhausted", "Free usage quota exceeded. Purchase credits");

    /// <summary>429, the free usage of a subscription is used up: no retry helps.</summary>
    /// <returns>The fault.</returns>
    public static Fault FreeUsageExhausted() => Status(429, "subscription:free-usage-exhausted", "Free usage quota exceeded. Purchase credits");

    /// <summary>429 with a number for a code and a machine tag at the end of its text: the spending limit is reached.</summary>
    /// <returns>The fault.</returns>
    public static Fault SpendingLimit() => Status(
        429, "429", "Your team has reached its spending limit. [WKE=personal-team-blocked:spending-limit]").WithShape(ErrorShape.NumericCode);

    /// <summary>403, the credits are used up: the newer form of a quota error.</summary>
    /// <returns>The fault.</returns>
    public static Fault CreditsUsed() => Denied(
        $"Your team {Team} has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.");

    /// <summary>403, a new team without credits.</summary>
    /// <returns>The fault.</returns>
    public static Fault NoCredits() => Denied(
        $"Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/{Team}.");

    /// <summary>403, the key has no right to this endpoint.</summary>
    /// <returns>The fault.</returns>
    public static Fault AccessDenied() => Denied(
        "Access to the chat endpoint is denied. Please ensure you're using the correct credentials. If you believe this is a mistake, please contact support.");

    /// <summary>403, the content violates the usage guidelines.</summary>
    /// <returns>The fault.</returns>
    public static Fault ContentPolicy() => Denied(
        $"Content violates usage guidelines. Team: {Team}, API key ID: {Team}, Model: grok-4.6, Failed check: SAFETY_CHECK_TYPE_BIO");

    /// <summary>403, an access token that is no longer good.</summary>
    /// <returns>The fault.</returns>
    public static Fault BadCredentials() => Status(403, "unauthenticated:bad-credentials", "The access token could not be validated. [WKE=unauthenticated:bad-credentials]");

    /// <summary>402, not documented by the service; gateways in front of it send it.</summary>
    /// <returns>The fault.</returns>
    public static Fault PaymentRequired() => Status(402, "payment-required", "Payment required.");

    /// <summary>The service does not answer: 500, 502, 503 or 504 with its text.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static Fault ServerError(int status = 503) => Status(status, Unavailable, NoAnswer);

    /// <summary>A page of HTML such as the edge in front of the service sends.</summary>
    /// <param name="status">The HTTP status, usually 520 to 529.</param>
    /// <returns>The fault.</returns>
    public static Fault Html(int status = 520) => Status(status, Unavailable, "Web server is returning an unknown error").WithShape(ErrorShape.Html);

    private static Fault Denied(string error) => Status(403, "permission-denied", error);
}
