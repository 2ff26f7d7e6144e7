namespace Chat;

/// <summary>A prompt with the editing keys of a shell.</summary>
internal sealed class LineEditor(bool hasColors) : IPrompt
{
    private readonly LineHistory _history = new();
    private readonly LineBuffer _line = new();
    private readonly LineView _view = new(Terminal.Out, "› ", hasColors ? "\e[36m" : "");

    private enum Next
    {
        Edit,
        Enter,
        Exit,
    }

    public string? ReadLine()
    {
        // Ctrl+C is a key while a line is edited, and a signal while an answer is streamed.
        Console.TreatControlCAsInput = true;
        try
        {
            _line.Set("");
            _view.Draw(_line);
            var next = Next.Edit;
            while (next == Next.Edit)
            {
                var key = Console.ReadKey(intercept: true);
                next = Apply(key);
                // Pasted text arrives as many keys; draw once at the end, and never between the halves of a surrogate pair.
                if (next == Next.Edit && !char.IsHighSurrogate(key.KeyChar) && !Console.KeyAvailable)
                {
                    _view.Draw(_line);
                }
            }

            _view.Complete(_line);
            _history.Add(_line.Text.Trim());
            return next == Next.Enter ? _line.Text : null;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private Next Apply(ConsoleKeyInfo key)
    {
        var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var isAlt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        if (key.Key == ConsoleKey.Enter || (isControl && key.Key == ConsoleKey.J))
        {
            return Next.Enter;
        }

        if (isControl && key.Key is ConsoleKey.C or ConsoleKey.D && IsExit(key.Key))
        {
            return Next.Exit;
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

    /// <summary>Handles Ctrl+C, which clears the line, and Ctrl+D, which deletes at the cursor. On an empty line both exit.</summary>
    private bool IsExit(ConsoleKey key)
    {
        if (_line.Text.Length == 0)
        {
            return true;
        }

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
            ConsoleKey.End => _line.End,
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
            (ConsoleKey.E, false) => _line.End,
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
        if (_history.Up(_line.Text) is { } line)
        {
            _line.Set(line);
        }
    }

    private void Down()
    {
        if (_history.Down() is { } line)
        {
            _line.Set(line);
        }
    }
}
