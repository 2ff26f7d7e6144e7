using System.Text;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>
/// Values that must not be exposed, and a search for them in all encodings. A value is a word of letters and digits, which URL and
/// JSON escapes leave alone, among characters that they change; base64 is looked for at each of its three alignments, and hex.
/// </summary>
internal sealed class Secrets
{
    private readonly Dictionary<string, string[]> _forms = [];

    public Secrets()
    {
        foreach (var word in (string[])[KeyWord, PromptWord, AnswerWord, SummaryWord, ArgumentsWord, ResultWord, ImageWord, UserWord, InstructionsWord, ToolWord, PasswordWord, HeaderWord])
        {
            Add(word, word);
        }
    }

    public const string KeyWord = "Qkey7zq4Never";
    public const string PromptWord = "Qprompt8Treasure";
    public const string AnswerWord = "Qanswer3Beneath";
    public const string SummaryWord = "Qsummary5Thought";
    public const string ArgumentsWord = "Qarguments6Given";
    public const string ResultWord = "Qresult9Found";
    public const string ImageWord = "Qimage2Pixels";
    public const string UserWord = "Quser1Person";
    public const string InstructionsWord = "Qinstructions4Rule";
    public const string ToolWord = "Qtool8Purpose";
    public const string PasswordWord = "Qpassword6Sesame";
    public const string HeaderWord = "Qheader2Project";

    public const string Key = $"xai-{KeyWord}/+\"=";

    /// <summary>The value of an extra header.</summary>
    public const string Header = $"Bearer {HeaderWord}/+=";

    /// <summary>The word surrounded by characters that encodings change.</summary>
    public static string Say(string word) => $"é\"{word}\"/<+ ";

    public void Add(string name, string word) => _forms[name] =
    [
        word,
        .. Enumerable.Range(0, 3).Select(pad => Base64(word, pad)),
        .. Enumerable.Range(0, 3).Select(pad => Base64(word, pad).Replace('+', '-').Replace('/', '_')),
        Convert.ToHexString(Encoding.UTF8.GetBytes(word)),
    ];

    /// <summary>The names of the secrets in a text.</summary>
    public IEnumerable<string> FoundIn(string text) =>
        _forms.Where(f => f.Value.Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase))).Select(static f => f.Key);

    // Only the characters that encode bits of the word alone.
    private static string Base64(string word, int pad)
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', pad) + word);
        return Convert.ToBase64String(bytes)[((pad * 8 + 5) / 6)..(bytes.Length * 8 / 6)];
    }
}
