using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>One part of a message, of a reasoning item or of a function's output.</summary>
public abstract record ResponsePart : TaggedObject;

/// <summary>Text of a request: of the user, of the system, or of a function's output.</summary>
/// <param name="Text">The text.</param>
public sealed record InputTextPart(string? Text) : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "input_text";

    /// <summary>The text.</summary>
    public string? Text { get; init; } = Text;
}

/// <summary>An image of a request: JPEG, PNG or WebP, at most 20 MiB, at least 8 × 8 pixels.</summary>
public sealed record InputImagePart : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "input_image";

    /// <summary>An <c>https</c> address, or a <c>data:</c> URI with base64, which must be typed <c>image/jpeg</c>, <c>image/png</c> or <c>image/webp</c>.</summary>
    public string? ImageUrl
    {
        get => field ?? Inline?.ToUri();
        init => (field, Inline) = (value, null);
    }

    /// <summary><c>auto</c>, <c>low</c> or <c>high</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>The image itself, which is written as a data URI; null where <see cref="ImageUrl"/> is set.</summary>
    internal InlineData? Inline { get; init; }
}

/// <summary>A file of a request. The service searches files with a tool of its own, at a cost.</summary>
public sealed record InputFilePart : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "input_file";

    /// <summary>The id of an uploaded file; set this, the address or the data.</summary>
    public string? FileId { get; init; }

    /// <summary>The file's address.</summary>
    public string? FileUrl { get; init; }

    /// <summary>The file in base64, together with its name.</summary>
    public string? FileData { get; init; }

    /// <summary>The file's name.</summary>
    public string? Filename { get; init; }

    /// <summary>The file's type.</summary>
    public string? MimeType { get; init; }
}

/// <summary>Text of the assistant.</summary>
public sealed record OutputTextPart : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "output_text";

    /// <summary>The text.</summary>
    public string? Text { get; init; }

    /// <summary>The citations of the text; their indices refer to this text.</summary>
    public IReadOnlyList<ResponseAnnotation>? Annotations { get; init; }
}

/// <summary>The assistant's refusal.</summary>
public sealed record RefusalPart : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "refusal";

    /// <summary>The text of the refusal.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A part of the summary of the model's reasoning.</summary>
/// <param name="Text">The text.</param>
public sealed record SummaryTextPart(string? Text) : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "summary_text";

    /// <summary>The text.</summary>
    public string? Text { get; init; } = Text;
}

/// <summary>A part of the model's reasoning itself.</summary>
/// <param name="Text">The text.</param>
public sealed record ReasoningTextPart(string? Text) : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => "reasoning_text";

    /// <summary>The text.</summary>
    public string? Text { get; init; } = Text;
}

/// <summary>A part of a type unknown to this version of the library. It is sent back unchanged.</summary>
/// <param name="Tag">The <c>type</c> member; empty when it is missing.</param>
/// <param name="Json">The complete part.</param>
public sealed record UnknownPart(string Tag, JsonElement Json) : ResponsePart
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
