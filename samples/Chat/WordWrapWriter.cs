using System.Text;

namespace Chat;

/// <summary>Writes a streamed text to a terminal and starts a new row before a word that does not fit. An unfinished word is held back until it ends.</summary>
/// <param name="screen">The terminal.</param>
/// <param name="width">Returns the current width of the terminal in cells.</param>
internal sealed class WordWrapWriter(TextWriter screen, Func<int> width)
{
    private readonly StringBuilder _word = new();
    private readonly StringBuilder _spaces = new();
    private int _column;

    /// <summary>Writes the complete words of a text and holds back the last one.</summary>
    public async Task WriteAsync(string text)
    {
        var output = new StringBuilder();
        foreach (var c in text)
        {
            switch (c)
            {
                case '\n':
                    EndWord(output);
                    output.Append('\n');
                    _spaces.Clear();
                    _column = 0;
                    break;
                case ' ' or '\t':
                    EndWord(output);
                    _spaces.Append(c == '\t' ? "    " : " ");
                    break;
                default:
                    _word.Append(c);
                    break;
            }
        }

        EndWideCharacters(output);
        await FlushAsync(output);
    }

    /// <summary>Writes the held back word, and a line feed if the row is not empty.</summary>
    public async Task CompleteAsync()
    {
        var output = new StringBuilder();
        EndWord(output);
        _spaces.Clear();
        if (_column > 0)
        {
            output.Append('\n');
            _column = 0;
        }

        await FlushAsync(output);
    }

    /// <summary>Writes held back text up to the last wide character but one: scripts with wide characters put no spaces between words.</summary>
    private void EndWideCharacters(StringBuilder output)
    {
        var word = _word.ToString();
        if (word.All(static c => c < '\u1100'))
        {
            return;
        }

        // The last element stays, because a combining character can follow it.
        var elements = TerminalText.Elements(word).ToList();
        var last = elements.FindLastIndex(elements.Count - 1, static e => TextRows.Cells(e) == 2);
        last = last == elements.Count - 1 ? elements.FindLastIndex(Math.Max(last - 1, 0), static e => TextRows.Cells(e) == 2) : last;
        if (last >= 0 && elements.Count > 1)
        {
            _word.Clear().AppendJoin("", elements.Take(last + 1));
            EndWord(output);
            _word.AppendJoin("", elements.Skip(last + 1));
        }
    }

    private void EndWord(StringBuilder output)
    {
        if (_word.Length == 0)
        {
            return;
        }

        var word = _word.ToString();
        _word.Clear();
        var limit = Math.Max(1, width());
        var spaces = _spaces.ToString();
        _spaces.Clear();
        // A word with wide characters has several rows to end at; another one only if it is longer than a row.
        if (_column > 0 && _column + spaces.Length + FirstPart(word) > limit)
        {
            output.Append('\n');
            _column = 0;
            spaces = "";
        }

        output.Append(spaces);
        _column += spaces.Length;
        foreach (var element in TerminalText.Elements(word))
        {
            var cells = TextRows.Cells(element);
            if (_column > 0 && _column + cells > limit)
            {
                output.Append('\n');
                _column = 0;
            }

            output.Append(element);
            _column += cells;
        }
    }

    /// <summary>Returns the cells of a word up to its first wide character.</summary>
    private static int FirstPart(string word)
    {
        var cells = 0;
        foreach (var element in TerminalText.Elements(word))
        {
            cells += TextRows.Cells(element);
            if (TextRows.Cells(element) == 2)
            {
                break;
            }
        }

        return cells;
    }

    private async Task FlushAsync(StringBuilder output)
    {
        if (output.Length > 0)
        {
            await screen.WriteAsync(output.ToString());
            await screen.FlushAsync(CancellationToken.None);
        }
    }
}
