using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chat;

/// <summary>
/// The output of the program. Answers go to standard output. Notes also go there, except with --json, where they go to standard error.
/// Errors go to standard error. Escape codes are written only to terminals.
/// </summary>
internal sealed class Terminal
{
    private readonly IAnsiConsole _errors;
    private readonly bool _isJson;

    public Terminal(bool isJson)
    {
        _isJson = isJson;
        // Answers can contain any character; a console without UTF-8 would show question marks.
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        var isDumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        IsOutputLive = !Console.IsOutputRedirected && !isDumb;
        IsInputLive = !Console.IsInputRedirected;
        Out = Console.Out;
        Screen = NewConsole(Out, IsOutputLive);
        _errors = NewConsole(Console.Error, !Console.IsErrorRedirected && !isDumb);
        Notes = isJson ? _errors : Screen;
    }

    /// <summary>Creates terminals over writers, for tests.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="width">The width of both in cells.</param>
    public Terminal(TextWriter output, TextWriter errors, int width)
    {
        Out = output;
        Screen = NewConsole(output, isLive: false);
        Screen.Profile.Width = width;
        _errors = NewConsole(errors, isLive: false);
        _errors.Profile.Width = width;
        Notes = Screen;
    }

    /// <summary>Whether standard output is a terminal that supports redrawing.</summary>
    public bool IsOutputLive { get; }

    /// <summary>Whether standard input is a terminal.</summary>
    public bool IsInputLive { get; }

    /// <summary>Standard output, for formatted content.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary>The output for notes about answers.</summary>
    public IAnsiConsole Notes { get; }

    /// <summary>Standard output, for text that must appear immediately and without wrapping.</summary>
    public TextWriter Out { get; }

    /// <summary>Whether a person can see a question on standard error or standard output and answer it.</summary>
    public bool CanAsk => IsInputLive && (!Console.IsErrorRedirected || (IsOutputLive && !_isJson));

    /// <summary>Waits for an operation. If it takes longer than 300 milliseconds and standard error is a terminal, says what happens.</summary>
    /// <param name="description">What happens, such as "Opening the conversations…".</param>
    /// <param name="operation">The operation.</param>
    public async Task<T> WaitAsync<T>(string description, Func<Task<T>> operation)
    {
        // On another thread, because an operation can block before it returns its task.
        var task = Task.Run(operation);
        if (!Console.IsErrorRedirected && await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System)) != task)
        {
            Hint(description);
        }

        return await task;
    }

    /// <summary>Writes a note about an answer.</summary>
    public void Note(string text) => Write(Notes, TerminalText.Clean(text), Dim(Notes));

    /// <summary>Writes a request body on one line.</summary>
    public void Wire(string body) => Notes.Write(new Line(TerminalText.Clean(body), Dim(Notes)));

    /// <summary>Writes the result of a command.</summary>
    public void Result(string text) => Write(Notes, TerminalText.Clean(text), Style.Plain);

    /// <summary>Writes a hint to standard error.</summary>
    public void Hint(string text) => Write(_errors, TerminalText.OneLine(text), Dim(_errors));

    /// <summary>Writes an error message as one line.</summary>
    public void Error(string text) => Write(_errors, TerminalText.OneLine(text), HasColors(_errors) ? new Style(Color.Red) : Style.Plain);

    /// <summary>Writes a message from arguments or a pipe above its answer, if standard output is a terminal.</summary>
    public void Echo(string text)
    {
        if (IsOutputLive && !_isJson)
        {
            Write(Screen, "› " + TerminalText.Clean(text), HasColors(Screen) ? new Style(Color.Teal) : Style.Plain);
        }
    }

    public static bool HasColors(IAnsiConsole console) => console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;

    /// <summary>Returns the style for dim text; plain without colors, because NO_COLOR disables all escape codes.</summary>
    public static Style Dim(IAnsiConsole console) => HasColors(console) ? new Style(decoration: Decoration.Dim) : Style.Plain;

    /// <summary>Writes a line; a terminal wraps it between words.</summary>
    private static void Write(IAnsiConsole console, string text, Style style)
    {
        console.Write(new Text(text, style));
        console.WriteLine();
    }

    private static IAnsiConsole NewConsole(TextWriter writer, bool isLive)
    {
        var hasColors = isLive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isLive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = isLive ? InteractionSupport.Yes : InteractionSupport.No,
            // Environment detection must not enable colors again.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isLive)
        {
            // Not a terminal: do not wrap or cut lines.
            console.Profile.Width = 100_000;
        }

        return console;
    }

    /// <summary>A line that only the terminal wraps, so that it is copied as one line.</summary>
    private sealed class Line(string text, Style style) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [new Segment(text, style), Segment.LineBreak];
    }
}
