using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Says in words what comes next. What is said first comes first; the same reply serves a streamed and a whole answer.
/// </summary>
public sealed partial class ReplyBuilder
{
    private readonly List<PlannedItem> _items = [];
    private readonly Dictionary<int, Wait> _after = [];
    private MessageDraft? _message;
    private Wait? _wait;
    private int? _group;
    private string? _incomplete;
    private (string Code, string Message)? _failure;
    private (string? Code, string Message)? _errorFrame;
    private TimeSpan? _pace;
    private (int, int, int, int)? _tokens;

    internal ReplyBuilder()
    {
    }

    internal Fault? AttachedFault { get; private set; }

    /// <summary>A reasoning item; one call is one item.</summary>
    /// <param name="summary">The parts of its summary; none for an item that tells nothing.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Reasoning(params string[] summary) => Add(_ => new ReasoningOutput([.. summary]));

    /// <summary>A reasoning item told in the open as <c>reasoning_text</c>, as some models do.</summary>
    /// <param name="text">The reasoning.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder ReasoningText(string text) => Add(_ => new ReasoningOutput([]) { Text = text });

    /// <summary>Text of the answer. Text that follows text goes into the same message.</summary>
    /// <param name="text">The text; streamed word by word.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Text(string text) => Deltas([.. WordPieces.Split(text)]);

    /// <summary>Text of the answer in exactly these pieces.</summary>
    /// <param name="deltas">The pieces, one event each.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Deltas(params string[] deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        CurrentMessage().AddText(deltas, TakeWait());
        return this;
    }

    /// <summary>A citation of what was just said: an inline mark such as <c>[[1]](url)</c>, unless the request does not want it, and an annotation.</summary>
    /// <param name="url">The address of the source.</param>
    /// <param name="title">The title; null for its number, as the service does.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Cite(string url, string? title = null)
    {
        CurrentMessage().AddCitation(url, title, TakeWait());
        return this;
    }

    /// <summary>Ends the message, so that further text begins another one.</summary>
    /// <returns>This reply.</returns>
    public ReplyBuilder NewMessage()
    {
        _message = null;
        return this;
    }

    /// <summary>A refusal in place of text.</summary>
    /// <param name="text">What the model says about it.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Refuse(string text) => Add(_ => new RefusalOutput(text));

    /// <summary>A call of a function of the client.</summary>
    /// <param name="name">The name of the function.</param>
    /// <param name="arguments">Its arguments as JSON text; sent as it is, right or wrong.</param>
    /// <param name="callId">The id of the call; null for a fresh one.</param>
    /// <param name="style">How a stream brings the arguments.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Call(string name, string arguments = "{}", string? callId = null, CallStyle style = CallStyle.AsRequested) =>
        Add(context => new FunctionCallOutput(callId ?? context.NextCallId(), name, arguments) { Style = style });

    /// <summary>Lets the response end incomplete.</summary>
    /// <param name="reason">Why: <c>max_output_tokens</c>, <c>max_prompt_tokens</c> or <c>max_time_limit</c>.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Incomplete(string reason = "max_output_tokens")
    {
        _incomplete = reason;
        return this;
    }

    /// <summary>Lets the response fail after what was said: <c>response.failed</c>. It is not stored.</summary>
    /// <param name="code">The code of its error.</param>
    /// <param name="message">The message of its error.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Fail(string code, string message)
    {
        _failure = (code, message);
        return this;
    }

    /// <summary>Lets the stream end in an <c>error</c> frame after what was said. Not streamed: a response that failed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="code">The code; null as the service mostly sends it.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder ErrorFrame(string message, string? code = null)
    {
        _errorFrame = (code, message);
        return this;
    }

    /// <summary>Lets this reply suffer a fault, such as <see cref="Emulator.Fault.CutAfter"/>.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Fault(Fault fault)
    {
        AttachedFault = fault;
        return this;
    }

    /// <summary>Stops here until the gate is opened. An answer that is not streamed waits as well.</summary>
    /// <param name="gate">The gate.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Hold(ReplyGate gate) => WaitFor(new Wait(gate, _wait?.Pause ?? TimeSpan.Zero));

    /// <summary>Stops once so many events were sent, until the gate is opened.</summary>
    /// <param name="events">How many events are sent first.</param>
    /// <param name="gate">The gate.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder HoldAfter(int events, ReplyGate gate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        ArgumentNullException.ThrowIfNull(gate);
        _after[events] = new Wait(gate, TimeSpan.Zero);
        return this;
    }

    /// <summary>Is silent here for a while, by the emulator's clock.</summary>
    /// <param name="pause">How long.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Pause(TimeSpan pause) => WaitFor(new Wait(_wait?.Gate, (_wait?.Pause ?? TimeSpan.Zero) + pause));

    /// <summary>Sets the pause before each piece of text and reasoning of this reply.</summary>
    /// <param name="pause">How long; zero for none.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Pace(TimeSpan pause)
    {
        _pace = pause;
        return this;
    }

    /// <summary>Dictates the token counts; they are counted otherwise.</summary>
    /// <param name="inputTokens">Tokens of the prompt.</param>
    /// <param name="outputTokens">Tokens of the answer, reasoning included.</param>
    /// <param name="reasoningTokens">Tokens of reasoning.</param>
    /// <param name="cachedTokens">Tokens of the prompt that were cached; may exceed them, as seen in the wild.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Usage(int inputTokens, int outputTokens, int reasoningTokens = 0, int cachedTokens = 0)
    {
        _tokens = (inputTokens, cachedTokens, outputTokens, reasoningTokens);
        return this;
    }

    internal Reply Build(CreateRequest request, string responseId, GrokProfile profile)
    {
        var context = new ReplyContext(request, responseId, profile);
        return new Reply([.. _items.Select(item => item.Make(context) with { Before = item.Before, Group = item.Group })])
        {
            IncompleteReason = _incomplete,
            Error = _failure,
            ErrorFrame = _errorFrame,
            BeforeEnd = _wait,
            After = _after,
            Pace = _pace,
            Tokens = _tokens,
        };
    }

    private MessageDraft CurrentMessage()
    {
        if (_message is { } current)
        {
            return current;
        }

        var draft = new MessageDraft();
        Add(context => draft.ToOutput(context, _incomplete is not null && _items[^1].Draft == draft), draft);
        return _message = draft;
    }

    private ReplyBuilder Add(Func<ReplyContext, OutputItem> make, MessageDraft? draft = null)
    {
        _message = null;
        _items.Add(new PlannedItem(make, TakeWait(), _group, draft));
        return this;
    }

    private ReplyBuilder WaitFor(Wait wait)
    {
        _wait = wait;
        return this;
    }

    private Wait? TakeWait()
    {
        var wait = _wait;
        _wait = null;
        return wait;
    }

    private sealed record PlannedItem(Func<ReplyContext, OutputItem> Make, Wait? Before, int? Group, MessageDraft? Draft);
}
