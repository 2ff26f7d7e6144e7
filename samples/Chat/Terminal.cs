using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chat;

/// <summary>
/// Where things go. Answers go to standard output; so does everything told about them, unless JSON has it for itself.
/// What went wrong goes to standard error. Escape codes go to terminals only.
/// </summary>
internal sealed class Terminal
{
    private readonly IAnsiConsole _errors;
    private readonly bool _isJson;

    public Terminal(bool isJson)
    {
        _isJson = isJson;
        // Model text may hold anything; a console without UTF-8 would turn it into question marks.
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        var isDumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        IsOutputLive = !Console.IsOutputRedirected && !isDumb;
        IsInputLive = !Console.IsInputRedirected;
        Screen = NewConsole(Console.Out, IsOutputLive);
        _errors = NewConsole(Console.Error, !Console.IsErrorRedirected && !isDumb);
        Notes = isJson ? _errors : Screen;
    }

    /// <summary>Whether somebody watches standard output, so that lines may be drawn over.</summary>
    public bool IsOutputLive { get; }

    /// <summary>Whether somebody types, rather than a file or a pipe.</summary>
    public bool IsInputLive { get; }

    /// <summary>Standard output, for what is drawn.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary>Where things are told about answers.</summary>
    public IAnsiConsole Notes { get; }

    /// <summary>Standard output as it is, for text that must appear at once and unwrapped.</summary>
    public static TextWriter Out => Console.Out;

    /// <summary>Words about an answer.</summary>
    public void Note(string text) => Write(Notes, TerminalText.Clean(text), Dim(Notes));

    /// <summary>What was sent, as it was sent.</summary>
    public void Wire(string body) => Notes.Write(new Line(TerminalText.Clean(body), Dim(Notes)));

    /// <summary>The result of a command.</summary>
    public void Say(string text) => Write(Notes, TerminalText.Clean(text), Style.Plain);

    /// <summary>A hint on standard error, where nothing went wrong.</summary>
    public void Hint(string text) => Write(_errors, TerminalText.OneLine(text), Dim(_errors));

    /// <summary>The one line that says what went wrong.</summary>
    public void Error(string text) => Write(_errors, TerminalText.OneLine(text), HasColors(_errors) ? new Style(Color.Red) : Style.Plain);

    /// <summary>What was typed elsewhere, above its answer, where the two would be hard to tell apart.</summary>
    public void Echo(string text)
    {
        if (IsOutputLive && !_isJson)
        {
            Write(Screen, "› " + TerminalText.Clean(text), HasColors(Screen) ? new Style(Color.Teal) : Style.Plain);
        }
    }

    public static bool HasColors(IAnsiConsole console) => console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;

    /// <summary>Faint text; without colours there is none, because NO_COLOR means no such codes at all.</summary>
    public static Style Dim(IAnsiConsole console) => HasColors(console) ? new Style(decoration: Decoration.Dim) : Style.Plain;

    /// <summary>On a terminal wrapped between words; elsewhere a line stays a line.</summary>
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
            // What this process runs under must not bring colours back.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isLive)
        {
            // Nobody's window: nothing is wrapped or cut.
            console.Profile.Width = 100_000;
        }

        return console;
    }

    /// <summary>A line that only the terminal wraps, so that it stays one line to whoever copies it.</summary>
    private sealed class Line(string text, Style style) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [new Segment(text, style), Segment.LineBreak];
    }
}
