using System.Globalization;

namespace Chat;

/// <summary>The edited line and its cursor. The cursor moves by grapheme clusters.</summary>
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

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    public void Left() => Cursor = Before();

    public void Right() => Cursor = After();

    public void WordLeft() => Cursor = WordBefore();

    public void WordRight() => Cursor = WordAfter();

    public void Backspace() => Cut(Before(), Cursor);

    public void Delete() => Cut(Cursor, After());

    public void DeleteWordBefore() => Cut(WordBefore(), Cursor);

    public void DeleteWordAfter() => Cut(Cursor, WordAfter());

    public void DeleteToStart() => Cut(0, Cursor);

    public void DeleteToEnd() => Cut(Cursor, Text.Length);

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
