using System.Globalization;

namespace Chat;

/// <summary>The edited text and its cursor. The cursor moves by grapheme clusters. The text can have several lines, separated by line feeds.</summary>
internal sealed class LineBuffer
{
    public string Text { get; private set; } = "";

    /// <summary>The cursor as an index into the text, always between grapheme clusters.</summary>
    public int Cursor { get; private set; }

    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Replaces a backslash directly before the cursor by a line feed.</summary>
    /// <returns>False when there is none, or when it is the second of a pair.</returns>
    public bool ContinueLine()
    {
        var before = Text[..Cursor];
        if ((before.Length - before.TrimEnd('\\').Length) % 2 == 0)
        {
            return false;
        }

        Cut(Cursor - 1, Cursor);
        Insert("\n");
        return true;
    }

    /// <summary>Moves to the start of the line.</summary>
    public void Home() => Cursor = LineStart();

    /// <summary>Moves to the end of the line.</summary>
    public void EndOfLine() => Cursor = LineEnd();

    /// <summary>Moves to the end of the text.</summary>
    public void End() => Cursor = Text.Length;

    /// <summary>Moves to the previous line.</summary>
    /// <returns>False in the first line.</returns>
    public bool Up()
    {
        var start = LineStart();
        if (start == 0)
        {
            return false;
        }

        var column = Cursor - start;
        Cursor = start - 1;
        MoveTo(LineStart(), column);
        return true;
    }

    /// <summary>Moves to the next line.</summary>
    /// <returns>False in the last line.</returns>
    public bool Down()
    {
        var end = LineEnd();
        if (end == Text.Length)
        {
            return false;
        }

        MoveTo(end + 1, Cursor - LineStart());
        return true;
    }

    public void Left() => Cursor = Before();

    public void Right() => Cursor = After();

    public void WordLeft() => Cursor = WordBefore();

    public void WordRight() => Cursor = WordAfter();

    public void Backspace() => Cut(Before(), Cursor);

    public void Delete() => Cut(Cursor, After());

    public void DeleteWordBefore() => Cut(WordBefore(), Cursor);

    public void DeleteWordAfter() => Cut(Cursor, WordAfter());

    public void DeleteToStart() => Cut(LineStart(), Cursor);

    public void DeleteToEnd() => Cut(Cursor, LineEnd());

    private int LineStart() => Text.LastIndexOf('\n', Math.Max(Cursor - 1, 0), Cursor) + 1;

    private int LineEnd() => Text.IndexOf('\n', Cursor) is var end and >= 0 ? end : Text.Length;

    /// <summary>Moves to a column of a line, or to its end, and not into a grapheme cluster.</summary>
    private void MoveTo(int start, int column)
    {
        Cursor = start;
        var end = Math.Min(LineEnd(), start + column);
        while (Cursor < end && After() <= end)
        {
            Cursor = After();
        }
    }

    private void Cut(int start, int end)
    {
        Text = Text.Remove(start, end - start);
        Cursor = start;
    }

    private int Before()
    {
        var before = 0;
        for (var index = 0; index < Cursor; index += StringInfo.GetNextTextElementLength(Text, index))
        {
            before = index;
        }

        return before;
    }

    private int After() => Cursor < Text.Length ? Cursor + StringInfo.GetNextTextElementLength(Text, Cursor) : Cursor;

    private int WordBefore()
    {
        var index = Cursor;
        while (index > 0 && char.IsWhiteSpace(Text[index - 1]))
        {
            index--;
        }

        while (index > 0 && !char.IsWhiteSpace(Text[index - 1]))
        {
            index--;
        }

        return index;
    }

    private int WordAfter()
    {
        var index = Cursor;
        while (index < Text.Length && char.IsWhiteSpace(Text[index]))
        {
            index++;
        }

        while (index < Text.Length && !char.IsWhiteSpace(Text[index]))
        {
            index++;
        }

        return index;
    }
}
