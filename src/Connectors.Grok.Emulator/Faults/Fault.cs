using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Something that goes wrong with one answer. Made by the methods of this class or read from words with <see cref="Parse"/>; queued in
/// <see cref="GrokEmulator.Faults"/>, attached to a scripted reply, or asked for with the header <c>x-emulator-fault</c>.
/// </summary>
public sealed partial record Fault
{
    internal const string Unavailable = "The service is currently unavailable";
    internal const string NoAnswer = "Service temporarily unavailable. The model did not respond to this request.";

    private Fault(FaultKind kind) => Kind = kind;

    internal FaultKind Kind { get; }

    internal int HttpStatus { get; private init; } = 200;

    internal string Code { get; private init; } = Unavailable;

    internal string Error { get; private init; } = NoAnswer;

    internal ErrorShape Shape { get; private init; }

    internal IReadOnlyList<(string Name, string Value)> Headers { get; private init; } = [];

    internal int Events { get; private init; }

    internal bool IsGzipped { get; private init; }

    internal string? ContentType { get; private init; }

    internal bool HasComments { get; private init; }

    internal bool OmitsEventNames { get; private init; }

    internal bool HasUnknownEvents { get; private init; }

    /// <summary>Reads a fault as the header <c>x-emulator-fault</c> says it, such as <c>rate-limited; retry-after=1</c>.</summary>
    /// <param name="text">A name, then <c>; key=value</c> as often as needed. The README lists them.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="FormatException">The text names no fault; the message lists those there are.</exception>
    public static Fault Parse(string text) => FaultCatalog.Parse(text);

    /// <summary>Sends the error in another shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <returns>A new fault.</returns>
    public Fault WithShape(ErrorShape shape) => this with { Shape = shape };

    /// <summary>Sends one more header with the answer, such as <c>x-should-retry</c>.</summary>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">Its value.</param>
    /// <returns>A new fault.</returns>
    public Fault WithHeader(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    /// <summary>Compresses the answer with gzip, whether or not the client asked for it.</summary>
    /// <returns>A new fault.</returns>
    public Fault Gzipped() => this with { IsGzipped = true };

    /// <summary>Sends the answer under another content type.</summary>
    /// <param name="contentType">The content type.</param>
    /// <returns>A new fault.</returns>
    public Fault WithContentType(string contentType) => this with { ContentType = contentType };

    internal Fault WithError(string? code, string? message) => this with { Code = code ?? Code, Error = message ?? Error };
}
