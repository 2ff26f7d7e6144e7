using System.Globalization;
using System.Text;

namespace Chat;

/// <summary>Draws a line being edited, over as many rows as it takes. Each drawing is one write, so that nothing flickers.</summary>
internal sealed class LineView(TextWriter screen, string prompt, string style)
{
    private const string Plain = "\e[0m";
    private int _row;

    public void Draw(LineBuffer line)
    {
        var width = Math.Max(Console.WindowWidth, 8);
        var (endRow, endColumn) = Place(line.Text, width);
        var (row, column) = Place(line.Text[..line.Cursor], width);
        var output = new StringBuilder(ToStart()).Append("\e[J");
        output.Append(style).Append(prompt).Append(style.Length > 0 ? Plain : "").Append(line.Text);
        if (endColumn == 0)
        {
            // The last row is full: terminals wait with the next one until something stands in it.
            output.Append("\r\n");
        }

        output.Append('\r').Append(Move(endRow - row, 'A')).Append(Move(column, 'C'));
        _row = row;
        Write(output);
    }

    /// <summary>Leaves the line as it stands and goes below it.</summary>
    public void Leave(LineBuffer line)
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

    /// <summary>The row and column where the cursor stands after a text. A wide character that does not fit goes to the next row whole.</summary>
    private (int Row, int Column) Place(string text, int width)
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
