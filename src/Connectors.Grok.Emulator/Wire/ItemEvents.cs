using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>The events of one item, from <c>output_item.added</c> to <c>output_item.done</c> (sections 6.2 and 6.3).</summary>
internal sealed class ItemEvents(Turn turn)
{
    private const int ArgumentPiece = 6;

    public IEnumerable<EventDraft> Of(OutputItem item, Place place)
    {
        yield return Item("added", item, place, finished: item is WebSearchOutput { IsOld: true }) with { Before = item.Before };
        var inner = item switch
        {
            ReasoningOutput reasoning => Reasoning(reasoning, place),
            MessageOutput message => Message(message, place),
            RefusalOutput refusal => Refusal(refusal, place),
            FunctionCallOutput call => Call(call, place),
            HostedOutput hosted => HostedEvents.Of(hosted, place),
            _ => [],
        };
        foreach (var innerEvent in inner)
        {
            yield return innerEvent;
        }

        yield return Item("done", item, place, finished: true);
    }

    private static EventDraft Item(string step, OutputItem item, Place place, bool finished) => new($"response.output_item.{step}", writer =>
    {
        writer.WritePropertyName("item");
        ItemWriter.Write(writer, item, place.Id, finished);
        writer.WriteNumber("output_index", place.Index);
    });

    private static IEnumerable<EventDraft> Reasoning(ReasoningOutput reasoning, Place place)
    {
        for (var part = 0; part < reasoning.Summary.Count; part++)
        {
            var text = reasoning.Summary[part];
            yield return SummaryPart("added", "", place, part);
            foreach (var delta in Pieces.Of(text))
            {
                yield return SummaryText("delta", delta, place, part, Pace.Thinking);
            }

            yield return SummaryText("done", text, place, part, Pace.None);
            yield return SummaryPart("done", text, place, part);
        }

        if (reasoning.Text is not { } open)
        {
            yield break;
        }

        foreach (var delta in Pieces.Of(open))
        {
            yield return Text("response.reasoning_text.delta", "delta", delta, place, Pace.Thinking);
        }

        yield return Text("response.reasoning_text.done", "text", open, place, Pace.None);
    }

    private IEnumerable<EventDraft> Message(MessageOutput message, Place place)
    {
        yield return TextPart("added", "", [], place);
        foreach (var delta in message.Deltas ?? Pieces.Of(message.Text).Select(text => new Delta(text)))
        {
            yield return OutputText("delta", delta.Text, place, Pace.Text) with { Before = delta.Before };
        }

        // Annotations come after every delta and before the text is done (recorded).
        for (var index = 0; index < message.Annotations.Count; index++)
        {
            yield return Annotation(message.Annotations[index], index, place);
        }

        yield return OutputText("done", message.Text, place, Pace.None);
        yield return TextPart("done", message.Text, message.Annotations, place);
    }

    private static IEnumerable<EventDraft> Refusal(RefusalOutput refusal, Place place)
    {
        yield return RefusalPart("added", "", place);
        foreach (var delta in Pieces.Of(refusal.Text))
        {
            yield return Text("response.refusal.delta", "delta", delta, place, Pace.Text);
        }

        yield return Text("response.refusal.done", "refusal", refusal.Text, place, Pace.None);
        yield return RefusalPart("done", refusal.Text, place);
    }

    private IEnumerable<EventDraft> Call(FunctionCallOutput call, Place place)
    {
        // "In whole in a single chunk", unless the caller asked for the extension that splits it.
        var isSplit = call.Style == CallStyle.Split || (call.Style == CallStyle.AsAsked && turn.Request.StreamToolCalls);
        string[] deltas = call.Style == CallStyle.WithoutDelta
            ? []
            : isSplit ? [.. call.Arguments.Chunk(ArgumentPiece).Select(chars => new string(chars))] : [call.Arguments];
        foreach (var delta in call.Style == CallStyle.OnAdded ? [] : deltas)
        {
            yield return HostedEvents.Step("response.function_call_arguments.delta", place, "delta", delta, Pace.Text);
        }

        yield return HostedEvents.Step("response.function_call_arguments.done", place, "arguments", call.Arguments);
    }

    private static EventDraft SummaryPart(string step, string text, Place place, int part) =>
        new($"response.reasoning_summary_part.{step}", writer =>
        {
            WritePlace(writer, place);
            writer.WritePropertyName("part");
            ItemWriter.WriteSummaryPart(writer, text);
            writer.WriteNumber("summary_index", part);
        });

    private static EventDraft SummaryText(string step, string text, Place place, int part, Pace pace) => new(
        $"response.reasoning_summary_text.{step}",
        writer =>
        {
            if (step == "delta")
            {
                writer.WriteString("delta", text);
            }

            WritePlace(writer, place);
            writer.WriteNumber("summary_index", part);
            if (step != "delta")
            {
                writer.WriteString("text", text);
            }
        },
        pace);

    private static EventDraft TextPart(string step, string text, IReadOnlyList<Citation> annotations, Place place) =>
        Part(step, place, writer => ItemWriter.WriteTextPart(writer, text, annotations));

    private static EventDraft RefusalPart(string step, string text, Place place) => Part(step, place, writer => ItemWriter.WriteRefusalPart(writer, text));

    private static EventDraft Part(string step, Place place, Action<Utf8JsonWriter> part) => new($"response.content_part.{step}", writer =>
    {
        writer.WriteNumber("content_index", 0);
        WritePlace(writer, place);
        writer.WritePropertyName("part");
        part(writer);
    });

    private static EventDraft Text(string type, string key, string text, Place place, Pace pace) => new(
        type,
        writer =>
        {
            writer.WriteNumber("content_index", 0);
            if (key == "delta")
            {
                writer.WriteString(key, text);
            }

            WritePlace(writer, place);
            if (key != "delta")
            {
                writer.WriteString(key, text);
            }
        },
        pace);

    private EventDraft OutputText(string step, string text, Place place, Pace pace)
    {
        var plain = Text($"response.output_text.{step}", step == "delta" ? "delta" : "text", text, place, pace);
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

    private static EventDraft Annotation(Citation citation, int index, Place place) => new("response.output_text.annotation.added", writer =>
    {
        writer.WritePropertyName("annotation");
        ItemWriter.WriteCitation(writer, citation);
        writer.WriteNumber("annotation_index", index);
        writer.WriteNumber("content_index", 0);
        WritePlace(writer, place);
    });

    private static void WritePlace(Utf8JsonWriter writer, Place place)
    {
        writer.WriteString("item_id", place.Id);
        writer.WriteNumber("output_index", place.Index);
    }
}
