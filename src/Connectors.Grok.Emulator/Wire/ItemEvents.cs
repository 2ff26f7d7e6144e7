using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Creates the events of an output item, from <c>output_item.added</c> to <c>output_item.done</c> (docs/wire.md#events).</summary>
internal sealed class ItemEvents(Turn turn)
{
    private const int ArgumentPiece = 6;

    public IEnumerable<EventDraft> Create(OutputItem item, ItemPosition position)
    {
        yield return Item("added", item, position, finished: item is WebSearchOutput { IsLegacy: true }) with { Before = item.Before };
        var inner = item switch
        {
            ReasoningOutput reasoning => Reasoning(reasoning, position),
            MessageOutput message => Message(message, position),
            RefusalOutput refusal => Refusal(refusal, position),
            FunctionCallOutput call => Call(call, position),
            HostedOutput hosted => HostedEvents.Create(hosted, position),
            _ => [],
        };
        foreach (var innerEvent in inner)
        {
            yield return innerEvent;
        }

        yield return Item("done", item, position, finished: true);
    }

    private static EventDraft Item(string step, OutputItem item, ItemPosition position, bool finished) => new($"response.output_item.{step}", writer =>
    {
        writer.WritePropertyName("item");
        ItemWriter.Write(writer, item, position.Id, finished);
        writer.WriteNumber("output_index", position.Index);
    });

    private static IEnumerable<EventDraft> Reasoning(ReasoningOutput reasoning, ItemPosition position)
    {
        for (var part = 0; part < reasoning.Summary.Count; part++)
        {
            var text = reasoning.Summary[part];
            yield return SummaryPart("added", "", position, part);
            foreach (var delta in WordPieces.Split(text))
            {
                yield return SummaryText("delta", delta, position, part, Pace.Thinking);
            }

            yield return SummaryText("done", text, position, part, Pace.None);
            yield return SummaryPart("done", text, position, part);
        }

        if (reasoning.Text is not { } open)
        {
            yield break;
        }

        foreach (var delta in WordPieces.Split(open))
        {
            yield return Text("response.reasoning_text.delta", "delta", delta, position, Pace.Thinking);
        }

        yield return Text("response.reasoning_text.done", "text", open, position, Pace.None);
    }

    private IEnumerable<EventDraft> Message(MessageOutput message, ItemPosition position)
    {
        yield return TextPart("added", "", [], position);
        foreach (var delta in message.Deltas ?? WordPieces.Split(message.Text).Select(text => new Delta(text)))
        {
            yield return OutputText("delta", delta.Text, position, Pace.Text) with { Before = delta.Before };
        }

        // As in recordings, annotations come after every delta and before the text is done.
        for (var index = 0; index < message.Annotations.Count; index++)
        {
            yield return Annotation(message.Annotations[index], index, position);
        }

        yield return OutputText("done", message.Text, position, Pace.None);
        yield return TextPart("done", message.Text, message.Annotations, position);
    }

    private static IEnumerable<EventDraft> Refusal(RefusalOutput refusal, ItemPosition position)
    {
        yield return RefusalPart("added", "", position);
        foreach (var delta in WordPieces.Split(refusal.Text))
        {
            yield return Text("response.refusal.delta", "delta", delta, position, Pace.Text);
        }

        yield return Text("response.refusal.done", "refusal", refusal.Text, position, Pace.None);
        yield return RefusalPart("done", refusal.Text, position);
    }

    private IEnumerable<EventDraft> Call(FunctionCallOutput call, ItemPosition position)
    {
        // The arguments come "in whole in a single chunk" unless the request sets stream_tool_calls.
        var isSplit = call.Style == CallStyle.Split || (call.Style == CallStyle.AsRequested && turn.Request.StreamToolCalls);
        string[] deltas = call.Style == CallStyle.WithoutDelta
            ? []
            : isSplit ? [.. call.Arguments.Chunk(ArgumentPiece).Select(chars => new string(chars))] : [call.Arguments];
        foreach (var delta in call.Style == CallStyle.OnAdded ? [] : deltas)
        {
            yield return HostedEvents.Step("response.function_call_arguments.delta", position, "delta", delta, Pace.Text);
        }

        yield return HostedEvents.Step("response.function_call_arguments.done", position, "arguments", call.Arguments);
    }

    private static EventDraft SummaryPart(string step, string text, ItemPosition position, int part) =>
        new($"response.reasoning_summary_part.{step}", writer =>
        {
            WritePosition(writer, position);
            writer.WritePropertyName("part");
            ItemWriter.WriteSummaryPart(writer, text);
            writer.WriteNumber("summary_index", part);
        });

    private static EventDraft SummaryText(string step, string text, ItemPosition position, int part, Pace pace) => new(
        $"response.reasoning_summary_text.{step}",
        writer =>
        {
            if (step == "delta")
            {
                writer.WriteString("delta", text);
            }

            WritePosition(writer, position);
            writer.WriteNumber("summary_index", part);
            if (step != "delta")
            {
                writer.WriteString("text", text);
            }
        },
        pace);

    private static EventDraft TextPart(string step, string text, IReadOnlyList<Citation> annotations, ItemPosition position) =>
        Part(step, position, writer => ItemWriter.WriteTextPart(writer, text, annotations));

    private static EventDraft RefusalPart(string step, string text, ItemPosition position) => Part(step, position, writer => ItemWriter.WriteRefusalPart(writer, text));

    private static EventDraft Part(string step, ItemPosition position, Action<Utf8JsonWriter> part) => new($"response.content_part.{step}", writer =>
    {
        writer.WriteNumber("content_index", 0);
        WritePosition(writer, position);
        writer.WritePropertyName("part");
        part(writer);
    });

    private static EventDraft Text(string type, string key, string text, ItemPosition position, Pace pace) => new(
        type,
        writer =>
        {
            writer.WriteNumber("content_index", 0);
            if (key == "delta")
            {
                writer.WriteString(key, text);
            }

            WritePosition(writer, position);
            if (key != "delta")
            {
                writer.WriteString(key, text);
            }
        },
        pace);

    private EventDraft OutputText(string step, string text, ItemPosition position, Pace pace)
    {
        var plain = Text($"response.output_text.{step}", step == "delta" ? "delta" : "text", text, position, pace);
        if (step == "done" && turn.Profile == GrokProfile.Docs2025)
        {
            return plain;
        }

        return plain with
        {
            Members = writer =>
            {
                plain.Members(writer);
                writer.WriteStartArray("logprobs");
                writer.WriteEndArray();
            },
        };
    }

    private static EventDraft Annotation(Citation citation, int index, ItemPosition position) => new("response.output_text.annotation.added", writer =>
    {
        writer.WritePropertyName("annotation");
        ItemWriter.WriteCitation(writer, citation);
        writer.WriteNumber("annotation_index", index);
        writer.WriteNumber("content_index", 0);
        WritePosition(writer, position);
    });

    private static void WritePosition(Utf8JsonWriter writer, ItemPosition position)
    {
        writer.WriteString("item_id", position.Id);
        writer.WriteNumber("output_index", position.Index);
    }
}
