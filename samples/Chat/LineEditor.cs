namespace Chat;

/// <summary>A prompt with the editing keys of a shell, for messages of one or more lines.</summary>
internal sealed class LineEditor : IPrompt, IDisposable
{
    private const string MessagePrompt = "› ";
    private const string QuestionPrompt = "[y/N] ";

    private readonly LineHistory _history = new();
    private readonly LineBuffer _line = new();
    private readonly KeyReader _keys = new(static () => Console.ReadKey(intercept: true), static () => Console.KeyAvailable);
    private readonly TextWriter _screen;
    private readonly LineView _view;
    private readonly Action<string> _hint;
    private bool _receivesPastes;
    private bool _isAskedToExit;

    /// <summary>Creates the prompt.</summary>
    /// <param name="terminal">The terminal.</param>
    public LineEditor(Terminal terminal)
    {
        _hint = terminal.Note;
        _screen = terminal.Out;
        _view = new(_screen, Terminal.HasColors(terminal.Screen) ? "\e[36m" : "", static () => (Math.Max(Console.WindowWidth, 8), Console.WindowHeight));
        // The process can also end by a signal.
        Console.CancelKeyPress += OnEnd;
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
    }

    private enum Next
    {
        Edit,
        Enter,
        Exit,
    }

    public string? ReadLine()
    {
        var line = Read(MessagePrompt)?.TrimEnd('\n');
        _history.Add(line?.Trim() ?? "");
        return line;
    }

    public bool Confirm(string question)
    {
        _hint(question);
        return IPrompt.IsYes(Read(QuestionPrompt));
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnEnd;
        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        EndPastes();
    }

    private string? Read(string prompt)
    {
        // Ctrl+C is a key while a line is edited, and a signal while an answer is streamed.
        Console.TreatControlCAsInput = true;
        try
        {
            BeginPastes();
            _line.Set("");
            _view.Prompt = prompt;
            _view.Draw(_line);
            var next = Next.Edit;
            while (next == Next.Edit)
            {
                var input = _keys.Read();
                next = Apply(input);
                // Text can arrive as many keys; draw once at the end, and never between the halves of a surrogate pair.
                if (next == Next.Edit && !char.IsHighSurrogate(input.Key.KeyChar) && !_keys.HasNext)
                {
                    _view.Draw(_line);
                }
            }

            _view.Complete(_line);
            return next == Next.Enter ? _line.Text : null;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private Next Apply(Input input)
    {
        if (input.Pasted is { } text)
        {
            _isAskedToExit = false;
            _line.Insert(text);
            return Next.Edit;
        }

        var key = input.Key;
        var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var isAlt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        if (isControl && key.Key is ConsoleKey.C or ConsoleKey.D)
        {
            return IsExit(key.Key) ? Next.Exit : Next.Edit;
        }

        _isAskedToExit = false;
        if (key.Key == ConsoleKey.Enter || (isControl && key.Key == ConsoleKey.J))
        {
            return Enter(startsLine: isControl || key.Modifiers != ConsoleModifiers.None);
        }

        if (isControl || isAlt ? ApplyWithModifier(key.Key, isAlt) : ApplyPlain(key.Key))
        {
            return Next.Edit;
        }

        if (!char.IsControl(key.KeyChar) && !isAlt)
        {
            _line.Insert(key.KeyChar.ToString());
        }

        return Next.Edit;
    }

    /// <summary>Handles Enter, which sends the message, and Enter with a modifier, after a backslash or as Ctrl+J, which starts a new line.</summary>
    private Next Enter(bool startsLine)
    {
        if (startsLine)
        {
            _line.Insert("\n");
            return Next.Edit;
        }

        // Where the terminal does not mark pasted text, keys follow a pasted line feed immediately.
        if (OperatingSystem.IsWindows() && _keys.HasNext)
        {
            _line.Insert("\n");
            return Next.Edit;
        }

        return _line.ContinueLine() ? Next.Edit : Next.Enter;
    }

    /// <summary>Handles Ctrl+C, which clears the text, and Ctrl+D, which deletes at the cursor. Without text, Ctrl+D exits, and Ctrl+C exits when it is pressed twice.</summary>
    private bool IsExit(ConsoleKey key)
    {
        if (_line.Text.Length == 0)
        {
            if (key == ConsoleKey.D || _isAskedToExit || _view.Prompt == QuestionPrompt)
            {
                return true;
            }

            _isAskedToExit = true;
            _view.Complete(_line);
            _hint("Press Ctrl+C again to exit.");
            return false;
        }

        _isAskedToExit = false;
        if (key == ConsoleKey.C)
        {
            _line.Set("");
        }
        else
        {
            _line.Delete();
        }

        return false;
    }

    private bool ApplyPlain(ConsoleKey key)
    {
        Action? action = key switch
        {
            ConsoleKey.LeftArrow => _line.Left,
            ConsoleKey.RightArrow => _line.Right,
            ConsoleKey.Home => _line.Home,
            ConsoleKey.End => _line.EndOfLine,
            ConsoleKey.Backspace => _line.Backspace,
            ConsoleKey.Delete => _line.Delete,
            ConsoleKey.UpArrow => Up,
            ConsoleKey.DownArrow => Down,
            _ => null,
        };
        action?.Invoke();
        return action is not null;
    }

    private bool ApplyWithModifier(ConsoleKey key, bool isAlt)
    {
        Action? action = (key, isAlt) switch
        {
            (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, true) => _line.WordLeft,
            (ConsoleKey.RightArrow, _) or (ConsoleKey.F, true) => _line.WordRight,
            (ConsoleKey.Backspace, _) or (ConsoleKey.W, false) => _line.DeleteWordBefore,
            (ConsoleKey.Delete, _) or (ConsoleKey.D, true) => _line.DeleteWordAfter,
            (ConsoleKey.A, false) => _line.Home,
            (ConsoleKey.E, false) => _line.EndOfLine,
            (ConsoleKey.B, false) => _line.Left,
            (ConsoleKey.F, false) => _line.Right,
            (ConsoleKey.H, false) => _line.Backspace,
            (ConsoleKey.U, false) => _line.DeleteToStart,
            (ConsoleKey.K, false) => _line.DeleteToEnd,
            (ConsoleKey.P, false) => Up,
            (ConsoleKey.N, false) => Down,
            (ConsoleKey.L, false) => _view.ClearScreen,
            _ => null,
        };
        action?.Invoke();
        return action is not null;
    }

    private void Up()
    {
        if (!_line.Up() && _history.Up(_line.Text) is { } line)
        {
            _line.Set(line);
        }
    }

    private void Down()
    {
        if (!_line.Down() && _history.Down() is { } line)
        {
            _line.Set(line);
        }
    }

    private void BeginPastes()
    {
        if (!_receivesPastes)
        {
            _receivesPastes = true;
            Write(KeyReader.EnablePaste);
        }
    }

    private void EndPastes()
    {
        if (_receivesPastes)
        {
            _receivesPastes = false;
            Write(KeyReader.DisablePaste);
        }
    }

    private void OnEnd(object? sender, EventArgs e) => EndPastes();

    private void Write(string sequence)
    {
        _screen.Write(sequence);
        _screen.Flush();
    }
}
