using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>An error that a host writes in its own form.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code of xAI; null for an error in plain text.</param>
/// <param name="Message">The text of xAI.</param>
internal sealed record HostError(int Status, string? Code, string Message)
{
    /// <summary>The argument that is not supported; null for other errors.</summary>
    public string? Argument { get; init; }

    /// <summary>The model of the request; null for none.</summary>
    public string? Model { get; init; }

    /// <summary>The time to wait before a retry; null when the error does not say.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Whether the error is a rate limit, which passes, and not an exhausted quota.</summary>
    public bool IsRateLimit => Status == 429 && Message.StartsWith("Too many requests", StringComparison.Ordinal);

    public static HostError From(ApiException error, string? model) => new(error.Status, error.Code, error.Message) { Argument = error.Argument, Model = model };
}

/// <summary>The body of an error and its content type.</summary>
internal readonly record struct ErrorBody(string Text, string ContentType)
{
    public static ErrorBody Plain(string text) => new(text, "text/plain; charset=utf-8");

    /// <summary>Creates a body from its text: an HTML page or JSON.</summary>
    public static ErrorBody From(string text) => new(text, text.StartsWith('<') ? "text/html; charset=UTF-8" : "application/json");
}
