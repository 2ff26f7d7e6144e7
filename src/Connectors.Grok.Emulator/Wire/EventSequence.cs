using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Creates the events of a turn, in the order of docs/wire.md#events, numbered from 0 without gaps.</summary>
/// <param name="turn">The turn, not yet completed.</param>
/// <param name="complete">Completes the turn. Called only when the terminal event is created.</param>
internal sealed class EventSequence(Turn turn, Func<Turn> complete)
{
    private readonly ItemEvents _events = new(turn);
    private int _sequenceNumber;

    /// <summary>Whether the terminal event contains the output. The service sometimes omits it, and clients must accept that.</summary>
    public bool IncludeFinalOutput { get; init; } = true;

    /// <summary>Returns the events and the waits between them, in order. Each event is created only when it is enumerated.</summary>
    public IEnumerable<StreamEvent> Events()
    {
        var reply = turn.Reply;
        var drafts = Opening().Concat(Groups(reply.Output).SelectMany(CreateGroupEvents));
        foreach (var draft in drafts)
        {
            foreach (var wait in WaitsBefore(draft.Before))
            {
                yield return wait;
            }

            yield return WithSequenceNumber(draft);
        }

        foreach (var wait in WaitsBefore(reply.BeforeEnd))
        {
            yield return wait;
        }

        if (reply.ErrorFrame is var (code, message))
        {
            yield return WithSequenceNumber(Error(code, message));
            yield break;
        }

        var completed = complete();
        yield return WithSequenceNumber(Response(completed.Reply.Status, completed, finished: true));
    }

    /// <summary>Creates an error event (docs/wire.md#errors).</summary>
    public static EventDraft Error(string? code, string message) => new("error", writer =>
    {
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        writer.WriteNull("param");
    });

    private IEnumerable<EventDraft> Opening() => [Response("created", turn, finished: false), Response("in_progress", turn, finished: false)];

    private IEnumerable<StreamEvent> WaitsBefore(Wait? wait)
    {
        if (turn.Reply.After.TryGetValue(_sequenceNumber, out var planned))
        {
            yield return StreamEvent.WaitingFor(planned);
        }

        if (wait is not null)
        {
            yield return StreamEvent.WaitingFor(wait);
        }
    }

    /// <summary>Splits the output into runs of items that have the same group. An item without a group is a run of its own.</summary>
    private static IEnumerable<List<int>> Groups(IReadOnlyList<OutputItem> output)
    {
        var group = new List<int>();
        for (var index = 0; index < output.Count; index++)
        {
            if (group.Count > 0 && (output[index].Group is null || output[index].Group != output[index - 1].Group))
            {
                yield return group;
                group = [];
            }

            group.Add(index);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    private IEnumerable<EventDraft> CreateGroupEvents(List<int> group)
    {
        if (group.Count == 1)
        {
            return CreateEvents(group[0]);
        }

        // As in recordings: every item is added before any is done, and the items are done in pairs, the last pair first.
        var events = group.ConvertAll(index => CreateEvents(index).ToList());
        var inner = Enumerable.Range(1, events.Max(list => list.Count))
            .SelectMany(step => events.Where(list => step < list.Count - 1).Select(list => list[step]));
        var finishing = Enumerable.Range(0, events.Count).Chunk(2).ToList();
        if (events.Count % 2 == 1)
        {
            finishing = [[0], .. Enumerable.Range(1, events.Count - 1).Chunk(2)];
        }

        finishing.Reverse();
        return [.. events.Select(list => list[0]), .. inner, .. finishing.SelectMany(pair => pair).Select(position => events[position][^1])];
    }

    private IEnumerable<EventDraft> CreateEvents(int index) =>
        _events.Create(turn.Reply.Output[index], new ItemPosition(ItemWriter.IdOf(turn.Id, turn.Reply.Output, index), index));

    private EventDraft Response(string status, Turn current, bool finished) => new($"response.{status}", writer =>
    {
        writer.WritePropertyName("response");
        ResponseWriter.Write(writer, current, finished, IncludeFinalOutput);
    });

    private StreamEvent WithSequenceNumber(EventDraft draft)
    {
        var type = turn.Wire.EventNames.GetValueOrDefault(draft.Type, draft.Type);
        return new StreamEvent(
            type,
            Json.WriteObject(writer =>
            {
                writer.WriteNumber("sequence_number", _sequenceNumber++);
                writer.WriteString("type", type);
                draft.Members(writer);
            }),
            draft.Pace);
    }
}

/// <summary>The id and the index of an output item.</summary>
internal readonly record struct ItemPosition(string Id, int Index);
