using System.Collections.Concurrent;

namespace Connectors.Grok.Foundation;

/// <summary>
/// Finds the model behind a name. Hosts name one model differently: <c>xai/grok-4.7</c>, <c>us.xai.grok-4.7</c>, <c>grok-4-20-reasoning</c>, or any word
/// for a deployment. Efforts, family and prices follow the identity; the name is what is sent.
/// </summary>
internal sealed class ModelNames
{
    private const string Grok = "grok-";

    /// <summary>More names than an application has; further ones are not learned.</summary>
    private const int MostLearned = 1000;

    private readonly Dictionary<string, string> _given = new(StringComparer.OrdinalIgnoreCase);

    // Most clients learn none.
    private ConcurrentDictionary<string, string>? _learned;

    /// <param name="given">The identities that the options state, by name.</param>
    public ModelNames(IEnumerable<KeyValuePair<string, string>> given)
    {
        foreach (var (name, identity) in given)
        {
            _given[name] = Normalize(identity);
        }
    }

    /// <summary>The rules of the library alone.</summary>
    public static ModelNames BuiltIn { get; } = new([]);

    /// <summary>Gets the name that xAI gives to the model: the stated one, else a learned one, else the name without prefix and in xAI's spelling.</summary>
    public string Identity(string name) =>
        _given.TryGetValue(name, out var stated) ? stated : _learned?.TryGetValue(name, out var learned) == true ? learned : Normalize(name);

    /// <summary>Gets the family of the model: models of one family share encrypted reasoning.</summary>
    public string Family(string name) => ModelProfile.Family(Identity(name));

    /// <summary>Learns the identity of a name from an answer: the service answers with the model where the name is that of a deployment.</summary>
    /// <param name="asked">The name that was requested.</param>
    /// <param name="answered">The name in the answer.</param>
    public void Learn(string? asked, string? answered)
    {
        if (asked is null || answered is null || ReferenceEquals(asked, answered) || IsGrok(asked) || !IsGrok(answered) || _given.ContainsKey(asked))
        {
            return;
        }

        var names = LazyInitializer.EnsureInitialized(ref _learned, static () => new(StringComparer.OrdinalIgnoreCase));
        if (names.ContainsKey(asked) || names.Count < MostLearned)
        {
            names[asked] = Normalize(answered);
        }
    }

    private static bool IsGrok(string name) => StartOfGrok(name) >= 0;

    /// <summary>Removes the prefixes and suffixes of hosts, and restores xAI's spelling of the version. Other names stay unchanged.</summary>
    private static string Normalize(string name)
    {
        var start = StartOfGrok(name);
        if (start < 0)
        {
            return name;
        }

        // Some gateways append a variant (":free") or a version ("@default").
        var end = name.IndexOfAny([':', '@'], start);
        return WithVersion(name[start..(end < 0 ? name.Length : end)]);
    }

    /// <summary>Where <c>grok-</c> stands, at the beginning or after the last part of a prefix; -1 for nowhere.</summary>
    private static int StartOfGrok(string name) =>
        name.IndexOf(Grok, StringComparison.OrdinalIgnoreCase) is var start and >= 0 && (start == 0 || name[start - 1] is '/' or '.') ? start : -1;

    /// <summary>Restores <c>grok-4.20-…</c> from <c>grok-4-20-…</c>, and <c>grok-4-1-…</c>, which xAI writes with a hyphen, from <c>grok-4.1-…</c>.</summary>
    private static string WithVersion(string name)
    {
        // At least "grok-4-7" or "grok-4.1".
        if (name.Length < 8 || !char.IsAsciiDigit(name[5]) || name[6] is not ('-' or '.'))
        {
            return name;
        }

        var minor = name.AsSpan(7);
        var length = minor.IndexOf('-') is var end and >= 0 ? end : minor.Length;
        if (length is 0 or > 2 || minor[..length].ContainsAnyExceptInRange('0', '9'))
        {
            return name;
        }

        var separator = name[5] == '4' && minor[..length] is "1" ? '-' : '.';
        return name[6] == separator ? name : $"{name[..6]}{separator}{name[7..]}";
    }
}
