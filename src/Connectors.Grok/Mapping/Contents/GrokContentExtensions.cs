using System.Diagnostics.Contracts;
using System.Runtime.CompilerServices;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>What travels in the <c>AdditionalProperties</c> of contents under <see cref="GrokKeys.Content"/>.</summary>
public static class GrokContentExtensions
{
    /// <summary>Says how closely the model shall look at an image.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="image">A <see cref="DataContent"/> or <see cref="UriContent"/> with an image; not changed.</param>
    /// <param name="detail"><c>auto</c> (the service's default), <c>low</c> (cheap) or <c>high</c>.</param>
    /// <returns>A copy of the content, of the same type; the image's bytes are shared.</returns>
    /// <exception cref="ArgumentException"><paramref name="detail"/> is none of the three.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    [Pure]
    public static T WithImageDetail<T>(this T image, string detail)
        where T : AIContent
    {
        ArgumentNullException.ThrowIfNull(image);
        if (detail is not ("auto" or "low" or "high"))
        {
            throw new ArgumentException("An image's detail is auto, low or high.", nameof(detail));
        }

        var copy = (T)ShallowCopy(image);
        copy.Annotations = image.Annotations is { } annotations ? [.. annotations] : null;
        copy.AdditionalProperties = image.AdditionalProperties?.Clone() ?? [];
        copy.AdditionalProperties[GrokKeys.Content.ImageDetail] = detail;
        return copy;
    }

    /// <summary>Gets how closely the model shall look at an image.</summary>
    /// <param name="image">The content.</param>
    /// <returns><c>auto</c>, <c>low</c> or <c>high</c>; null when nobody said.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    public static string? GetImageDetail(this AIContent image) => Text(image, GrokKeys.Content.ImageDetail);

    /// <summary>Gets the id of the reasoning item that a content came from.</summary>
    /// <param name="reasoning">The content.</param>
    /// <returns>The id, or null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reasoning"/> is null.</exception>
    public static string? GetReasoningItemId(this TextReasoningContent reasoning) => Text(reasoning, GrokKeys.Content.ReasoningItemId);

    /// <summary>Gets the name of a tool that the service ran by itself and that has no content type of its own, such as a search of X.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The name, or null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> is null.</exception>
    public static string? GetToolName(this ToolCallContent call) => Text(call, GrokKeys.Content.ToolName);

    /// <summary>Gets the input of a tool that the service ran by itself and that has no content type of its own.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The input as text, often JSON; or null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> is null.</exception>
    public static string? GetToolInput(this ToolCallContent call) => Text(call, GrokKeys.Content.ToolInput);

    /// <summary>Gets the item of the wire behind the result of a tool that the service ran, or behind an item that this library does not know.</summary>
    /// <param name="content">The content.</param>
    /// <returns>The item as JSON, or null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="content"/> is null.</exception>
    public static string? GetItemJson(this AIContent content) => Text(content, GrokKeys.Content.Item);

    /// <summary>Gets the output of code that the service ran, if the request included it (<c>code_interpreter_call.outputs</c>).</summary>
    /// <param name="result">The result of the run, as received or after a round trip through JSON.</param>
    /// <returns>The output of each run, in order; empty when the service sent none. Logs that are plain text are the standard output.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="result"/> is null.</exception>
    public static IReadOnlyList<GrokCodeLogs> GetCodeLogs(this CodeInterpreterToolResultContent result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return HostedMapper.ToItem(result) is CodeInterpreterCallItem { Outputs: { } outputs }
            ? [.. outputs.Select(static o => o.Logs).OfType<string>().Select(static logs => CodeLogsMapper.Parse(logs) ?? new GrokCodeLogs(logs, null, null))]
            : [];
    }

    private static string? Text(AIContent content, string key)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.AdditionalProperties.GetText(key);
    }

    // Contents have no Clone, and a constructor would decode or encode the image and lose a derived type.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "MemberwiseClone")]
    private static extern object ShallowCopy(object content);
}
