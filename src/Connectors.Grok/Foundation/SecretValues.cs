using System.Diagnostics.CodeAnalysis;

namespace Connectors.Grok.Foundation;

/// <summary>
/// The values that must not appear in logs and exceptions: the API key, the values of extra headers, and the credentials that were sent, of which the last
/// <see cref="MostSent"/> distinct ones are kept.
/// </summary>
internal sealed class SecretValues
{
    /// <summary>The number of distinct credentials that are kept for redaction.</summary>
    public const int MostSent = 512;

    /// <summary>The length from which a value is redacted; shorter ones occur in other words.</summary>
    private const int LeastLength = 4;

    private readonly Lock _lock = new();
    private readonly Queue<string> _sent = [];
    private readonly string[] _fixed;

    // The longest first: a value that contains another one is redacted as a whole.
    private volatile string[] _all;

    /// <param name="values">The values that do not change.</param>
    public SecretValues(IEnumerable<string> values) => _all = _fixed = Ordered(values);

    /// <summary>Adds a credential that is sent. The usual case, one that is known, takes no lock.</summary>
    public void Add(string value)
    {
        if (Array.IndexOf(_all, value) >= 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_sent.Contains(value))
            {
                return;
            }

            _sent.Enqueue(value);
            if (_sent.Count > MostSent)
            {
                _sent.Dequeue();
            }

            _all = Ordered([.. _fixed, .. _sent]);
        }
    }

    /// <summary>Replaces every value with <c>***</c>.</summary>
    /// <returns>The text without the values; the same object when it holds none.</returns>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Redact(string? text)
    {
        if (text is not null)
        {
            foreach (var value in _all)
            {
                text = text.Replace(value, "***", StringComparison.Ordinal);
            }
        }

        return text;
    }

    /// <summary>The type name only.</summary>
    public override string ToString() => nameof(SecretValues);

    private static string[] Ordered(IEnumerable<string> values)
    {
        string[] ordered = [.. values.Where(static v => v.Length >= LeastLength).Distinct(StringComparer.Ordinal)];
        Array.Sort(ordered, static (one, other) => other.Length.CompareTo(one.Length));
        return ordered;
    }
}
