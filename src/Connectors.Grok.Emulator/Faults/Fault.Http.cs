using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <content>HTTP errors with the texts of the service (docs/wire.md#errors). A queued fault, and one that a header requests, is sent before the emulator checks the request.</content>
public sealed partial record Fault
{
    private const string Team = "00000000-0000-0000-0000-000000000000";
    private const string ModelMark = "{model}";

    /// <summary>An HTTP error with a body in the form of the host, sent before the request is checked. xAI's form is <see cref="ErrorShape.Flat"/>.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">The <c>code</c> of the body.</param>
    /// <param name="error">The <c>error</c> of the body.</param>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds, rounded up; by Foundry also as <c>retry-after-ms</c>, and by Google only in the body. Null to omit it.</param>
    /// <returns>The fault.</returns>
    public static Fault Status(int status, string code, string error, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return new Fault(FaultKind.Status) { HttpStatus = status, Code = code, Error = error, Wait = retryAfter };
    }

    /// <summary>429, too many requests. A retry can succeed.</summary>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds, rounded up; null to omit the header, as the service often does.</param>
    /// <returns>The fault.</returns>
    public static Fault RateLimited(TimeSpan? retryAfter = null) => Status(
        429,
        "resource-exhausted",
        $"Too many requests for team {Team} and model {ModelMark}. Your team's rate limit is - Requests per Minute (actual/limit): 2/2.",
        retryAfter).NamingModel();

    /// <summary>429, the model is at capacity. A retry can succeed. The code is that of <see cref="RateLimited"/>; only the text differs.</summary>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds, rounded up; null to omit the header.</param>
    /// <returns>The fault.</returns>
    public static Fault AtCapacity(TimeSpan? retryAfter = null) => Status(429, "resource-exhausted", Capacity, retryAfter);

    /// <summary>529, the service is overloaded. A retry can succeed.</summary>
    /// <returns>The fault.</returns>
    public static Fault Overloaded() => Status(529, "overloaded", "The service is overloaded. Please try again later.");

    /// <summary>429, the quota is exhausted. A retry cannot succeed. The code is that of <see cref="RateLimited"/>; only the text differs.</summary>
    /// <returns>The fault.</returns>
    public static Fault QuotaExceeded() => Status(429, "resource-exhausted", "Free usage quota exceeded. Purchase credits");

    /// <summary>429, the free usage of a subscription is exhausted. A retry cannot succeed.</summary>
    /// <returns>The fault.</returns>
    public static Fault FreeUsageExhausted() => Status(429, "subscription:free-usage-exhausted", "Free usage quota exceeded. Purchase credits");

    /// <summary>429, the spending limit is reached. The code is a number, and the text ends with a machine-readable tag.</summary>
    /// <returns>The fault.</returns>
    public static Fault SpendingLimit() => Status(
        429, "429", "Your team has reached its spending limit. [WKE=personal-team-blocked:spending-limit]").WithShape(ErrorShape.NumericCode);

    /// <summary>403, the credits are exhausted: the newer form of a quota error.</summary>
    /// <returns>The fault.</returns>
    public static Fault CreditsUsed() => Denied(
        $"Your team {Team} has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.");

    /// <summary>403, a new team without credits.</summary>
    /// <returns>The fault.</returns>
    public static Fault NoCredits() => Denied(
        $"Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/{Team}.");

    /// <summary>403, the key has no permission for this endpoint.</summary>
    /// <returns>The fault.</returns>
    public static Fault AccessDenied() => Denied(
        "Access to the chat endpoint is denied. Please ensure you're using the correct credentials. If you believe this is a mistake, please contact support.");

    /// <summary>403, the content violates the usage guidelines.</summary>
    /// <returns>The fault.</returns>
    public static Fault ContentPolicy() => Denied(
        $"Content violates usage guidelines. Team: {Team}, API key ID: {Team}, Model: {ModelMark}, Failed check: SAFETY_CHECK_TYPE_BIO").NamingModel();

    /// <summary>403, an invalid access token.</summary>
    /// <returns>The fault.</returns>
    public static Fault BadCredentials() => Status(403, "unauthenticated:bad-credentials", "The access token could not be validated. [WKE=unauthenticated:bad-credentials]");

    /// <summary>401, a token that has expired, in the words of the host. A request with a new token succeeds.</summary>
    /// <returns>The fault.</returns>
    public static Fault ExpiredToken() =>
        Status(401, "unauthenticated:bad-credentials", "The access token could not be validated. [WKE=unauthenticated:bad-credentials]") with { IsExpiredToken = true };

    /// <summary>402, which is not documented by xAI but sent by gateways in front of the API.</summary>
    /// <returns>The fault.</returns>
    public static Fault PaymentRequired() => Status(402, "payment-required", "Payment required.");

    /// <summary>A server error: 500, 502, 503 or 504 with the text of the service.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static Fault ServerError(int status = 503) => Status(status, Unavailable, NoAnswer);

    /// <summary>An HTML page, as sent by the proxy in front of the service.</summary>
    /// <param name="status">The HTTP status, usually 520 to 529.</param>
    /// <returns>The fault.</returns>
    public static Fault Html(int status = 520) => Status(status, Unavailable, "Web server is returning an unknown error").WithShape(ErrorShape.Html);

    private Fault NamingModel() => this with { NamesModel = true };

    private static Fault Denied(string error) => Status(403, "permission-denied", error);
}
