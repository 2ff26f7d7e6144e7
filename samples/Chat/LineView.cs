using System.Globalization;
using System.Text;

namespace Chat;

/// <summary>Draws the edited line over one or more rows. Each update is a single write, to avoid flicker.</summary>
internal sealed class LineView(TextWriter screen, string prompt, string style)
{
    private const string ResetStyle = "\e[0m";
    private int _row;

    public void Draw(LineBuffer line)
    {
        var width = Math.Max(Console.WindowWidth, 8);
        var (endRow, endColumn) = GetPosition(line.Text, width);
        var (row, column) = GetPosition(line.Text[..line.Cursor], width);
        var output = new StringBuilder(ToStart()).Append("\e[J");
        output.Append(style).Append(prompt).Append(style.Length > 0 ? ResetStyle : "").Append(line.Text);
        if (endColumn == 0)
        {
            // The last row is full, and a terminal starts the next row only when a character is written to it.
            output.Append("\r\n");
        }

        output.Append('\r').Append(Move(endRow - row, 'A')).Append(Move(column, 'C'));
        _row = row;
        Write(output);
    }

    /// <summary>Draws the final line and moves to the row below it.</summary>
    public void Complete(LineBuffer line)
    {
        line.End();
        Draw(line);
        _row = 0;
        Write(new StringBuilder("\r\n"));
    }

    public void ClearScreen()
    {
        _row = 0;
        Write(new StringBuilder("\e[H\e[2J"));
    }

    private string ToStart() => "\r" + Move(_row, 'A');

    private static string Move(int count, char direction) => count > 0 ? $"\e[{count}{direction}" : "";

    /// <summary>Returns the row and column of the cursor after a text. A wide character that does not fit moves to the next row.</summary>
    private (int Row, int Column) GetPosition(string text, int width)
    {
        var (row, column) = (0, 0);
        var elements = StringInfo.GetTextElementEnumerator(prompt + text);
        while (elements.MoveNext())
        {
            var cells = TerminalText.Cells(elements.GetTextElement());
            if (column + cells > width)
            {
                (row, column) = (row + 1, 0);
            }

            column += cells;
            if (column == width)
            {
                (row, column) = (row + 1, 0);
            }
        }

        return (row, column);
    }

    private void Write(StringBuilder output)
    {
        screen.Write(output);
        screen.Flush();
    }
}
