using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Builds a scripted reply. Output items have the order of the calls. The same reply serves requests with and without streaming.
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
    private int _documentSearches;
    private (int, int, int, int)? _tokens;

    internal ReplyBuilder()
    {
    }

    internal Fault? AttachedFault { get; private set; }

    /// <summary>Adds a reasoning item.</summary>
    /// <param name="summary">The parts of the summary; none for an empty summary.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Reasoning(params string[] summary) => Add(_ => new ReasoningOutput([.. summary]));

    /// <summary>Adds a reasoning item with its reasoning in plain text (<c>reasoning_text</c>), as some models return it.</summary>
    /// <param name="text">The reasoning.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder ReasoningText(string text) => Add(_ => new ReasoningOutput([]) { Text = text });

    /// <summary>Adds text. Consecutive texts form one message.</summary>
    /// <param name="text">The text. It is streamed word by word.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Text(string text) => Deltas([.. WordPieces.Split(text)]);

    /// <summary>Adds text that is streamed in exactly the given deltas. Consecutive texts form one message.</summary>
    /// <param name="deltas">The deltas, one event each.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Deltas(params string[] deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        CurrentMessage().AddText(deltas, TakeWait());
        return this;
    }

    /// <summary>Adds a citation after the text so far: an annotation, and an inline mark, which is a link in Markdown, unless the request includes <c>no_inline_citations</c>.</summary>
    /// <param name="url">The URL of the source.</param>
    /// <param name="title">The title; null for the number of the citation, as the service sends it.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Cite(string url, string? title = null)
    {
        CurrentMessage().AddCitation(url, title, TakeWait());
        return this;
    }

    /// <summary>Ends the current message. Text added later starts a new message.</summary>
    /// <returns>This reply.</returns>
    public ReplyBuilder NewMessage()
    {
        _message = null;
        return this;
    }

    /// <summary>Adds a message with a refusal.</summary>
    /// <param name="text">The text of the refusal.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Refuse(string text) => Add(_ => new RefusalOutput(text));

    /// <summary>Adds a call of a function of the client.</summary>
    /// <param name="name">The name of the function.</param>
    /// <param name="arguments">The arguments as JSON text. They are sent unchanged, even when they are not valid JSON.</param>
    /// <param name="callId">The id of the call; null for a new id.</param>
    /// <param name="style">The way a stream delivers the arguments.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Call(string name, string arguments = "{}", string? callId = null, CallStyle style = CallStyle.AsRequested) =>
        Add(context => new FunctionCallOutput(callId ?? context.NextCallId(), name, arguments) { Style = style });

    /// <summary>Makes the response incomplete.</summary>
    /// <param name="reason">The reason: <c>max_output_tokens</c>, <c>max_prompt_tokens</c> or <c>max_time_limit</c>.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Incomplete(string reason = "max_output_tokens")
    {
        _incomplete = reason;
        return this;
    }

    /// <summary>Makes the response fail after its items: <c>response.failed</c>. A failed response is not stored.</summary>
    /// <param name="code">The code of the error.</param>
    /// <param name="message">The message of the error.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Fail(string code, string message)
    {
        _failure = (code, message);
        return this;
    }

    /// <summary>Ends the stream with an <c>error</c> event after the items. Without streaming: a failed response.</summary>
    /// <param name="message">The message of the error.</param>
    /// <param name="code">The code of the error; null as the service usually sends it.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder ErrorFrame(string message, string? code = null)
    {
        _errorFrame = (code, message);
        return this;
    }

    /// <summary>Applies a fault to this reply, such as <see cref="Emulator.Fault.CutAfter"/>.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Fault(Fault fault)
    {
        AttachedFault = fault;
        return this;
    }

    /// <summary>Pauses at this point until the gate is opened. Without streaming, the whole response waits.</summary>
    /// <param name="gate">The gate.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Hold(ReplyGate gate) => WaitFor(new Wait(gate, _wait?.Pause ?? TimeSpan.Zero));

    /// <summary>Pauses after the given number of events until the gate is opened.</summary>
    /// <param name="events">The number of events sent first.</param>
    /// <param name="gate">The gate.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder HoldAfter(int events, ReplyGate gate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        ArgumentNullException.ThrowIfNull(gate);
        _after[events] = new Wait(gate, TimeSpan.Zero);
        return this;
    }

    /// <summary>Pauses at this point for a time, measured by the clock of the emulator.</summary>
    /// <param name="pause">The length of the pause.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Pause(TimeSpan pause) => WaitFor(new Wait(_wait?.Gate, (_wait?.Pause ?? TimeSpan.Zero) + pause));

    /// <summary>Sets the pause before each delta of text and reasoning of this reply.</summary>
    /// <param name="pause">The length of each pause; zero for none.</param>
    /// <returns>This reply.</returns>
    public ReplyBuilder Pace(TimeSpan pause)
    {
        _pace = pause;
        return this;
    }

    /// <summary>Sets the token counts. By default the emulator counts tokens.</summary>
    /// <param name="inputTokens">The input tokens.</param>
    /// <param name="outputTokens">The output tokens, reasoning included.</param>
    /// <param name="reasoningTokens">The output tokens spent on reasoning.</param>
    /// <param name="cachedTokens">The cached input tokens. They may exceed the input tokens, as some responses of the service did.</param>
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
            DocumentSearches = _documentSearches,
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
