namespace Chat;

/// <summary>The previously entered lines, for the up and down keys. The unfinished line is kept as the last entry.</summary>
internal sealed class LineHistory
{
    private readonly List<string> _lines = [];
    private string _draft = "";
    private int _index;

    public void Add(string line)
    {
        if (line.Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
        }

        _index = _lines.Count;
    }

    /// <summary>Returns the previous line; null at the first line.</summary>
    public string? Up(string current)
    {
        if (_index == 0)
        {
            return null;
        }

        if (_index == _lines.Count)
        {
            _draft = current;
        }

        return _lines[--_index];
    }

    /// <summary>Returns the next line; null at the last line.</summary>
    public string? Down()
    {
        if (_index == _lines.Count)
        {
            return null;
        }

        return ++_index == _lines.Count ? _draft : _lines[_index];
    }
}
