using System.Globalization;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>
/// Parses the <c>filter</c> of a list of files, such as <c>name = "report" AND size_bytes &gt; 1000</c>. OR binds more strongly than AND, as
/// AIP-160 says.
/// </summary>
internal sealed partial class FileFilter
{
    private readonly string _text;
    private readonly Queue<string> _tokens;

    private FileFilter(string text)
    {
        _text = text;
        _tokens = new Queue<string>(Tokens().Matches(text).Select(match => match.Value));
    }

    public static Func<UploadedFile, bool> Parse(string text)
    {
        var filter = new FileFilter(text);
        var condition = filter.ReadAnd();
        return filter._tokens.Count == 0 ? condition : throw filter.Invalid();
    }

    private Func<UploadedFile, bool> ReadAnd()
    {
        var condition = ReadOr();
        while (TryTake("AND"))
        {
            var (left, right) = (condition, ReadOr());
            condition = file => left(file) && right(file);
        }

        return condition;
    }

    private Func<UploadedFile, bool> ReadOr()
    {
        var condition = ReadTerm();
        while (TryTake("OR"))
        {
            var (left, right) = (condition, ReadTerm());
            condition = file => left(file) || right(file);
        }

        return condition;
    }

    private Func<UploadedFile, bool> ReadTerm()
    {
        if (TryTake("NOT"))
        {
            var negated = ReadTerm();
            return file => !negated(file);
        }

        if (TryTake("("))
        {
            var inner = ReadAnd();
            return TryTake(")") ? inner : throw Invalid();
        }

        var (field, comparison, value) = (Take(), Take(), Take().Trim('"'));
        return field switch
        {
            "name" or "file_name" => CompareText(comparison, file => file.Name, value, isFuzzy: true),
            "content_type" => CompareText(comparison, file => file.ContentType, value, isFuzzy: true),
            "file_id" => CompareText(comparison, file => file.Id, value, isFuzzy: false),
            "upload_status" => CompareText(comparison, _ => "completed", value, isFuzzy: false),
            "user_defined_id" => CompareText(comparison, _ => "", value, isFuzzy: false),
            "size_bytes" => CompareNumber(comparison, file => file.Content.Bytes.LongLength, long.TryParse(value, CultureInfo.InvariantCulture, out var size) ? size : throw Invalid()),
            "created_at" => CompareNumber(comparison, file => file.CreatedAt, Time(value)),
            "expires_at" => CompareNumber(comparison, file => file.ExpiresAt ?? long.MaxValue, Time(value)),
            _ => throw Invalid(),
        };
    }

    private Func<UploadedFile, bool> CompareText(string comparison, Func<UploadedFile, string> actual, string value, bool isFuzzy)
    {
        Func<UploadedFile, bool> equal = file => isFuzzy ? actual(file).Contains(value, StringComparison.OrdinalIgnoreCase) : actual(file) == value;
        return comparison switch
        {
            "=" => equal,
            "!=" => file => !equal(file),
            _ => throw Invalid(),
        };
    }

    private Func<UploadedFile, bool> CompareNumber(string comparison, Func<UploadedFile, long> actual, long value) => comparison switch
    {
        "=" => file => actual(file) == value,
        "!=" => file => actual(file) != value,
        ">" => file => actual(file) > value,
        ">=" => file => actual(file) >= value,
        "<" => file => actual(file) < value,
        "<=" => file => actual(file) <= value,
        _ => throw Invalid(),
    };

    private long Time(string value) => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.ToUnixTimeSeconds()
        : throw Invalid();

    private bool TryTake(string token)
    {
        if (!_tokens.TryPeek(out var next) || next != token)
        {
            return false;
        }

        _tokens.Dequeue();
        return true;
    }

    private string Take() => _tokens.TryDequeue(out var token) ? token : throw Invalid();

    private ApiException Invalid() => ApiException.InvalidArgument($"Invalid filter: {_text}");

    [GeneratedRegex(@"""[^""]*""|[()]|[<>!]?=|[<>]|[^\s()=<>!""]+|\S", RegexOptions.None, 1000)]
    private static partial Regex Tokens();
}
