using System.Text;

namespace Chat;

/// <summary>Draws the edited text over one or more rows. Each update is a single write, to avoid flicker.</summary>
/// <param name="screen">The terminal.</param>
/// <param name="style">The escape sequence that starts the style of the prompt; empty for none.</param>
/// <param name="size">Returns the current size of the terminal.</param>
internal sealed class LineView(TextWriter screen, string style, Func<(int Width, int Height)> size)
{
    private const string ResetStyle = "\e[0m";
    private int _row;
    private int _top;

    /// <summary>The text before the first row; further rows are indented by its width.</summary>
    public string Prompt { get; set; } = "› ";

    /// <summary>Draws the rows around the cursor, as many as the terminal shows.</summary>
    public void Draw(LineBuffer line) => Draw(line, Math.Max(1, size().Height - 1));

    /// <summary>Draws the whole text and moves to the row below it.</summary>
    public void Complete(LineBuffer line)
    {
        line.End();
        Draw(line, int.MaxValue);
        (_row, _top) = (0, 0);
        Write(new StringBuilder("\r\n"));
    }

    public void ClearScreen()
    {
        _row = 0;
        Write(new StringBuilder("\e[H\e[2J"));
    }

    private void Draw(LineBuffer line, int maxRows)
    {
        var indentation = TextRows.TotalCells(Prompt);
        // The last column stays free for the cursor: a terminal starts the next row only when a character is written to it.
        var rows = TextRows.Divide(line.Text, Math.Max(1, size().Width - 1 - indentation));
        var cursorRow = rows.Count - 1;
        while (rows[cursorRow].Start > line.Cursor)
        {
            cursorRow--;
        }

        _top = maxRows >= rows.Count ? 0 : Math.Clamp(Math.Min(_top, rows.Count - maxRows), Math.Max(0, cursorRow - maxRows + 1), cursorRow);
        var shown = rows.Skip(_top).Take(maxRows).ToList();
        var output = new StringBuilder("\r").Append(Move(_row, 'A'));
        for (var i = 0; i < shown.Count; i++)
        {
            output.Append(i > 0 ? "\r\n" : "");
            output.Append(_top + i > 0 ? new string(' ', indentation) : style + Prompt + (style.Length > 0 ? ResetStyle : ""));
            output.Append(TextRows.Show(Fit(line.Text[shown[i].Start..shown[i].End], indentation))).Append("\e[K");
        }

        _row = cursorRow - _top;
        var column = indentation + TextRows.TotalCells(line.Text[rows[cursorRow].Start..line.Cursor]);
        output.Append("\e[J\r").Append(Move(shown.Count - 1 - _row, 'A')).Append(Move(Math.Min(column, size().Width - 1), 'C'));
        Write(output);
    }

    /// <summary>Removes the spaces at the end of a row that do not fit.</summary>
    private string Fit(string row, int indentation)
    {
        var excess = indentation + TextRows.TotalCells(row) - size().Width;
        return excess > 0 && row.EndsWith(' ') ? row[..Math.Max(row.TrimEnd(' ').Length, row.Length - excess)] : row;
    }

    private static string Move(int count, char direction) => count > 0 ? $"\e[{count}{direction}" : "";

    private void Write(StringBuilder output)
    {
        screen.Write(output);
        screen.Flush();
    }
}
