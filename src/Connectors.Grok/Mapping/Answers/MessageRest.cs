using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>
/// Finds what of a finished message was not streamed. The parts of the message and of its deltas need not have the same indices: some services count the
/// deltas in the index of the part, or give all of them the index 0.
/// </summary>
internal static class MessageRest
{
    /// <summary>Gets the text that was not streamed, the other parts, and the citations; null when events are missing and the rest is unknown.</summary>
    /// <param name="parts">The parts of the finished message.</param>
    /// <param name="streamed">What was streamed of it.</param>
    /// <param name="hasGap">Whether an event is missing. Otherwise a finished text that differs from the streamed text is ignored.</param>
    public static List<AIContent>? Create(IReadOnlyList<ResponsePart> parts, StreamedItem streamed, bool hasGap)
    {
        // Where single parts do not agree with their deltas, the text of all parts is compared with all deltas.
        var hasPartOfEachDelta = streamed.LastPart < parts.Count;
        var isJoined = !(hasPartOfEachDelta && AreBegun(parts, streamed)) && streamed.Text.Begins(string.Concat(parts.Select(Text)));
        List<AIContent> rest = [];
        var start = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var text = Text(parts[i]);
            if (text is null)
            {
                if (streamed.Streamed(i).Length == 0 && ItemMapper.ToContent(parts[i]) is { } other)
                {
                    rest.Add(other);
                }

                continue;
            }

            var isBegun = hasPartOfEachDelta && streamed.Streamed(i).Begins(text);
            if (hasGap && !isJoined && !isBegun)
            {
                return null;
            }

            Add(rest, parts[i], text, isJoined ? Math.Clamp(streamed.Text.Length - start, 0, text.Length) : isBegun ? streamed.Streamed(i).Length : text.Length);
            start += text.Length;
        }

        return rest;
    }

    private static bool AreBegun(IReadOnlyList<ResponsePart> parts, StreamedItem streamed)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (Text(parts[i]) is { } text && !streamed.Streamed(i).Begins(text))
            {
                return false;
            }
        }

        return true;
    }

    private static string? Text(ResponsePart part) => part switch
    {
        OutputTextPart text => text.Text,
        InputTextPart text => text.Text,
        _ => null,
    };

    /// <summary>Adds the text of a part from an index, and its citations.</summary>
    private static void Add(List<AIContent> rest, ResponsePart part, string text, int from)
    {
        if (from < text.Length)
        {
            rest.Add(new TextContent(text[from..]));
        }

        if (AnnotationMapper.ToAnnotations((part as OutputTextPart)?.Annotations, text) is { } annotations)
        {
            rest.Add(new TextContent("") { Annotations = annotations });
        }
    }
}
