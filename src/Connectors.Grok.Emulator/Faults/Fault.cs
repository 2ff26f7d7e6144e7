using System.Globalization;
using System.Net;
using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <summary>
/// A fault that the emulator simulates for one response. Create one with the methods of this class or with <see cref="Parse"/>. Queue it in
/// <see cref="GrokEmulator.Faults"/>, attach it to a scripted reply, or request it with the header <c>x-emulator-fault</c>.
/// </summary>
public sealed partial record Fault
{
    internal const string Unavailable = "The service is currently unavailable";
    internal const string Capacity = "The model is currently at capacity due to high demand. Please try again in a few minutes, or use a higher service tier.";
    internal const string NoAnswer = "Service temporarily unavailable. The model did not respond to this request.";

    private Fault(FaultKind kind) => Kind = kind;

    internal FaultKind Kind { get; }

    /// <summary>The name under which the fault was requested; null for a fault that was created in code.</summary>
    internal string? Name { get; init; }

    /// <summary>What the log and the page say about a request with this fault.</summary>
    internal string Problem => $"fault: {Name ?? (Kind == FaultKind.Status ? HttpStatus.ToString(CultureInfo.InvariantCulture) : Kind.ToString())}";

    internal int HttpStatus { get; private init; } = 200;

    internal string Code { get; private init; } = Unavailable;

    internal string Error { get; private init; } = NoAnswer;

    /// <summary>Whether <see cref="Error"/> contains <see cref="ModelMark"/>, in the place of which the model of the request is named.</summary>
    internal bool NamesModel { get; private init; }

    /// <summary>The form of the error body; null for the form of the host.</summary>
    internal ErrorShape? Shape { get; private init; }

    /// <summary>The time to wait before a retry, told as the host tells it; null for none.</summary>
    internal TimeSpan? Wait { get; private init; }

    /// <summary>The member of the request that the error is about; null for none.</summary>
    internal string? Param { get; private init; }

    /// <summary>The <c>error_type</c> of a failed response; null for none.</summary>
    internal string? ErrorType { get; private init; }

    /// <summary>Whether the error is that of an expired token, in the words of the host.</summary>
    internal bool IsExpiredToken { get; private init; }

    /// <summary>The time for which the response cannot be found; null to follow the host.</summary>
    internal TimeSpan? HiddenFor { get; private init; }

    internal IReadOnlyList<(string Name, string Value)> Headers { get; private init; } = [];

    internal int Events { get; private init; }

    /// <summary>The code of a nested error inside a stream; null for none.</summary>
    internal string? NestedCode { get; private init; }

    /// <summary>The time between two pings.</summary>
    internal TimeSpan Interval { get; private init; }

    /// <summary>Whether the response is completed after its connection broke; null to follow the options.</summary>
    internal bool? Finishes { get; private init; }

    internal bool IsGzipped { get; private init; }

    internal string? ContentType { get; private init; }

    internal bool HasComments { get; private init; }

    internal bool OmitsEventNames { get; private init; }

    internal bool HasUnknownEvents { get; private init; }

    /// <summary>Whether the stream ends with a <c>[DONE]</c> line, whatever the options say.</summary>
    internal bool HasDone { get; private init; }

    /// <summary>The least number of bytes of the encrypted reasoning; 0 for its usual length.</summary>
    internal int ReasoningBytes { get; private init; }

    /// <summary>Parses a fault in the syntax of the header <c>x-emulator-fault</c>, such as <c>rate-limited; retry-after=1</c>.</summary>
    /// <param name="text">A name, followed by any number of <c>; key=value</c>. The README lists both.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="FormatException">The name, a key or a value is invalid. The message lists the valid ones.</exception>
    public static Fault Parse(string text) => FaultCatalog.Parse(text);

    /// <summary>Returns a copy whose error body has another form.</summary>
    /// <param name="shape">The form of the error body.</param>
    /// <returns>A new fault.</returns>
    public Fault WithShape(ErrorShape shape) => this with { Shape = shape };

    /// <summary>Returns a copy whose error is about a member of the request. Written by <see cref="ErrorShape.NestedParam"/>.</summary>
    /// <param name="param">The path of the member, such as <c>previous_response_id</c>.</param>
    /// <returns>A new fault.</returns>
    public Fault WithParam(string param) => this with { Param = param };

    /// <summary>Returns a copy whose failed response also has an <c>error_type</c>, as OpenRouter sends it. Without effect on other faults than <see cref="Failed"/>.</summary>
    /// <param name="errorType">The kind of the error, such as <c>authentication</c>.</param>
    /// <returns>A new fault.</returns>
    public Fault WithErrorType(string errorType) => this with { ErrorType = errorType };

    /// <summary>Returns a copy that also sends <c>retry-after-ms</c>, as Azure does.</summary>
    /// <param name="wait">The time, sent in whole milliseconds.</param>
    /// <returns>A new fault.</returns>
    public Fault WithRetryAfterMs(TimeSpan wait)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        return WithHeader("retry-after-ms", ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Returns a copy that also sends a response header, such as <c>x-should-retry</c>.</summary>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">The value of the header.</param>
    /// <returns>A new fault.</returns>
    public Fault WithHeader(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    /// <summary>Returns a copy after which the response is completed and stored, or abandoned, when the fault or the client breaks the connection.</summary>
    /// <param name="finishes">Whether it is completed. Overrides <see cref="GrokEmulatorOptions.FinishAfterDisconnect"/>.</param>
    /// <returns>A new fault.</returns>
    public Fault FinishingAfterDisconnect(bool finishes = true) => this with { Finishes = finishes };

    /// <summary>Returns a copy whose response is compressed with gzip, whether or not the client requested it.</summary>
    /// <returns>A new fault.</returns>
    public Fault Gzipped() => this with { IsGzipped = true };

    /// <summary>Returns a copy whose response has another content type.</summary>
    /// <param name="contentType">The content type.</param>
    /// <returns>A new fault.</returns>
    public Fault WithContentType(string contentType) => this with { ContentType = contentType };

    internal Fault WithWait(TimeSpan wait) => this with { Wait = wait };

    internal Fault WithError(string? code, string? message) => this with { Code = code ?? Code, Error = message ?? Error, NamesModel = NamesModel && message is null };

    /// <summary>Returns a copy whose text names the model of a request, where the text of the service names one.</summary>
    internal Fault ForModel(string model) => NamesModel
        ? this with { Error = Error.Replace(ModelMark, Shape == ErrorShape.Html ? WebUtility.HtmlEncode(model) : model, StringComparison.Ordinal) }
        : this;
}
