using System.Text.Json;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>The one place where a turn becomes events, in the orders of section 6.3, numbered from 0 without gaps.</summary>
/// <param name="turn">The turn, not yet completed.</param>
/// <param name="complete">Completes the turn; called when the terminal event is made, and only then.</param>
internal sealed class EventSequence(Turn turn, Func<Turn> complete)
{
    private int _sequenceNumber;

    /// <summary>Whether the terminal event carries the output; the service rarely forgets it, and clients must cope.</summary>
    public bool WithFinalOutput { get; init; } = true;

    public IEnumerable<StreamEvent> Events()
    {
        yield return Event("response.created", writer => WriteResponse(writer, turn, finished: false));
        yield return Event("response.in_progress", writer => WriteResponse(writer, turn, finished: false));

        var output = turn.Reply.Output;
        for (var index = 0; index < output.Count; index++)
        {
            foreach (var item in ItemEvents(output[index], new Place(ItemWriter.IdOf(turn.Id, output, index), index)))
                yield return item;
        }

        var completed = complete();
        yield return Event($"response.{completed.Reply.Status}", writer => WriteResponse(writer, completed, finished: true));
    }

    private IEnumerable<StreamEvent> ItemEvents(OutputItem item, Place place)
    {
        yield return ItemEvent("added", item, place, finished: false);
        var inner = item switch
        {
            ReasoningOutput reasoning => ReasoningEvents(reasoning, place),
            MessageOutput message => MessageEvents(message, place),
            FunctionCallOutput call => CallEvents(call, place),
            WebSearchOutput => SearchEvents(place),
            _ => [],
        };
        foreach (var innerEvent in inner)
            yield return innerEvent;
        yield return ItemEvent("done", item, place, finished: true);
    }

    private IEnumerable<StreamEvent> ReasoningEvents(ReasoningOutput reasoning, Place place)
    {
        for (var part = 0; part < reasoning.Summary.Count; part++)
        {
            var text = reasoning.Summary[part];
            yield return SummaryPart("added", "", place, part);
            foreach (var delta in Pieces.Of(text))
                yield return SummaryText("delta", "delta", delta, place, part, Pace.Thinking);
            yield return SummaryText("done", "text", text, place, part, Pace.None);
            yield return SummaryPart("done", text, place, part);
        }
    }

    private IEnumerable<StreamEvent> MessageEvents(MessageOutput message, Place place)
    {
        yield return ContentPart("added", "", [], place);
        foreach (var delta in Pieces.Of(message.Text))
            yield return OutputText("delta", "delta", delta, place, Pace.Text);

        // Annotations come after every delta and before the text is done (recorded).
        for (var index = 0; index < message.Annotations.Count; index++)
            yield return Annotation(message.Annotations[index], index, place);
        yield return OutputText("done", "text", message.Text, place, Pace.None);
        yield return ContentPart("done", message.Text, message.Annotations, place);
    }

    private IEnumerable<StreamEvent> CallEvents(FunctionCallOutput call, Place place)
    {
        // "In whole in a single chunk", unless the caller asked for the extension that splits it.
        var deltas = turn.Request.StreamToolCalls ? call.Arguments.Chunk(6).Select(chars => new string(chars)) : [call.Arguments];
        foreach (var delta in deltas)
            yield return Arguments("delta", "delta", delta, place, Pace.Text);
        yield return Arguments("done", "arguments", call.Arguments, place, Pace.None);
    }

    private IEnumerable<StreamEvent> SearchEvents(Place place)
    {
        foreach (var step in (string[])["in_progress", "searching", "completed"])
        {
            yield return Event($"response.web_search_call.{step}", writer =>
            {
                writer.WriteString("item_id", place.Id);
                writer.WriteNumber("output_index", place.Index);
            });
        }
    }

    private StreamEvent ItemEvent(string step, OutputItem item, Place place, bool finished) =>
        Event($"response.output_item.{step}", writer =>
        {
            writer.WritePropertyName("item");
            ItemWriter.Write(writer, item, place.Id, finished);
            writer.WriteNumber("output_index", place.Index);
        });

    private StreamEvent SummaryPart(string step, string text, Place place, int part) =>
        Event($"response.reasoning_summary_part.{step}", writer =>
        {
            writer.WriteString("item_id", place.Id);
            writer.WriteNumber("output_index", place.Index);
            writer.WritePropertyName("part");
            ItemWriter.WriteSummaryPart(writer, text);
            writer.WriteNumber("summary_index", part);
        });

    private StreamEvent SummaryText(string step, string key, string text, Place place, int part, Pace pace) =>
        Event(
            $"response.reasoning_summary_text.{step}",
            writer =>
            {
                if (key == "delta")
                    writer.WriteString(key, text);
                writer.WriteString("item_id", place.Id);
                writer.WriteNumber("output_index", place.Index);
                writer.WriteNumber("summary_index", part);
                if (key != "delta")
                    writer.WriteString(key, text);
            },
            pace);

    private StreamEvent ContentPart(string step, string text, IReadOnlyList<Citation> annotations, Place place) =>
        Event($"response.content_part.{step}", writer =>
        {
            writer.WriteNumber("content_index", 0);
            writer.WriteString("item_id", place.Id);
            writer.WriteNumber("output_index", place.Index);
            writer.WritePropertyName("part");
            ItemWriter.WriteTextPart(writer, text, annotations);
        });

    private StreamEvent OutputText(string step, string key, string text, Place place, Pace pace) =>
        Event(
            $"response.output_text.{step}",
            writer =>
            {
                writer.WriteNumber("content_index", 0);
                if (key == "delta")
                    writer.WriteString(key, text);
                writer.WriteString("item_id", place.Id);
                writer.WriteNumber("output_index", place.Index);
                if (key != "delta")
                    writer.WriteString(key, text);
                writer.WriteStartArray("logprobs");
                writer.WriteEndArray();
            },
            pace);

    private StreamEvent Annotation(Citation citation, int index, Place place) =>
        Event("response.output_text.annotation.added", writer =>
        {
            writer.WritePropertyName("annotation");
            ItemWriter.WriteCitation(writer, citation);
            writer.WriteNumber("annotation_index", index);
            writer.WriteNumber("content_index", 0);
            writer.WriteString("item_id", place.Id);
            writer.WriteNumber("output_index", place.Index);
        });

    private StreamEvent Arguments(string step, string key, string text, Place place, Pace pace) =>
        Event(
            $"response.function_call_arguments.{step}",
            writer =>
            {
                writer.WriteString(key, text);
                writer.WriteString("item_id", place.Id);
                writer.WriteNumber("output_index", place.Index);
            },
            pace);

    private void WriteResponse(Utf8JsonWriter writer, Turn current, bool finished)
    {
        writer.WritePropertyName("response");
        ResponseWriter.Write(writer, current, finished, WithFinalOutput);
    }

    private StreamEvent Event(string type, Action<Utf8JsonWriter> members, Pace pace = Pace.None) =>
        new(
            type,
            Json.WriteObject(writer =>
            {
                writer.WriteNumber("sequence_number", _sequenceNumber++);
                writer.WriteString("type", type);
                members(writer);
            }),
            pace);

    private readonly record struct Place(string Id, int Index);
}
