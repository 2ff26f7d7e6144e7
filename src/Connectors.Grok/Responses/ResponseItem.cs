using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>One item of a conversation: of a request's <c>input</c> or of a response's <c>output</c>.</summary>
public abstract record ResponseItem : TaggedObject
{
    /// <summary>The item's id. Several items of one response may share an id; their index tells them apart.</summary>
    public string? Id { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c> or <c>incomplete</c>.</summary>
    public string? Status { get; init; }
}

/// <summary>A message. In a request <c>type</c> may be missing, and the content may be a plain string.</summary>
public sealed record MessageItem : ResponseItem
{
    /// <inheritdoc/>
    public override string Type => "message";

    /// <summary><c>user</c>, <c>assistant</c>, <c>system</c> or its alias <c>developer</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The speaker's name, for user messages only.</summary>
    public string? Name { get; init; }

    /// <summary>The parts of the message, in order. The service rejects a message without parts.</summary>
    public IReadOnlyList<ResponsePart>? Content { get; init; }
}

/// <summary>Reasoning of the model. It must be sent back exactly as it was received.</summary>
public sealed record ReasoningItem : ResponseItem
{
    /// <inheritdoc/>
    public override string Type => "reasoning";

    /// <summary>The parts of the summary; may be empty.</summary>
    public IReadOnlyList<ResponsePart>? Summary { get; init; }

    /// <summary>The reasoning itself, where a model shows it.</summary>
    public IReadOnlyList<ResponsePart>? Content { get; init; }

    /// <summary>The encrypted reasoning, which only models of the same family can read.</summary>
    public string? EncryptedContent { get; init; }
}

/// <summary>A function call requested by the model.</summary>
public sealed record FunctionCallItem : ResponseItem
{
    /// <inheritdoc/>
    public override string Type => "function_call";

    /// <summary>The id that joins call and output.</summary>
    public string? CallId { get; init; }

    /// <summary>The function's name.</summary>
    public string? Name { get; init; }

    /// <summary>The arguments, as the text of a JSON object.</summary>
    public string? Arguments { get; init; }
}

/// <summary>The result of a function.</summary>
public sealed record FunctionCallOutputItem : ResponseItem
{
    /// <inheritdoc/>
    public override string Type => "function_call_output";

    /// <summary>The id of the function call.</summary>
    public string? CallId { get; init; }

    /// <summary>The result.</summary>
    public ToolOutput? Output { get; init; }
}

/// <summary>A function's result: one text, or parts (text and images).</summary>
/// <param name="Text">The text, or null when there are parts.</param>
/// <param name="Parts">The parts, or null when there is a text.</param>
public sealed record ToolOutput(string? Text, IReadOnlyList<ResponsePart>? Parts = null)
{
    /// <summary>The type name without members, so that content does not get into a log by accident.</summary>
    /// <returns>The type name.</returns>
    public override string ToString() => nameof(ToolOutput);
}

/// <summary>An item of a type unknown to this version of the library. It is sent back unchanged.</summary>
/// <param name="Tag">The <c>type</c> member; empty when it is missing.</param>
/// <param name="Json">The complete item.</param>
public sealed record UnknownItem(string Tag, JsonElement Json) : ResponseItem
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
