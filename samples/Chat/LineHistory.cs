namespace Chat;

/// <summary>The lines entered before, walked through with up and down. What was being typed waits at the lower end.</summary>
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

    /// <summary>The line before the one shown, or null at the first.</summary>
    public string? Up(string shown)
    {
        if (_index == 0)
        {
            return null;
        }

        if (_index == _lines.Count)
        {
            _draft = shown;
        }

        return _lines[--_index];
    }

    /// <summary>The line after the one shown, or null at the last.</summary>
    public string? Down()
    {
        if (_index == _lines.Count)
        {
            return null;
        }

        return ++_index == _lines.Count ? _draft : _lines[_index];
    }
}
