using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Answers in Markdown to questions for code, a table, a list, a formula or sources, so that a page can show how it renders them.</summary>
internal static partial class FormattedAnswers
{
    private const string Table = """
        | Planet | Radius in km | Day in hours | Moons |
        |:--|--:|--:|:-:|
        | Mercury | 2,440 | 4,222.6 | 0 |
        | Venus | 6,052 | 2,802 | 0 |
        | **Earth** | 6,371 | 24 | 1 |
        | Mars | 3,390 | 24.7 | 2 |

        A negative rotation is left out: *Venus* turns the other way.
        """;

    private const string Steps = """
        1. Write down what you want to know.
        2. Collect what you have:
           - notes, with their dates
           - pictures, with a line on each
        3. Start with the part that you know best.

        What is left to do:

        - [x] ask the question
        - [ ] ~~wait for a better one~~
        - [ ] read the answer

        > Quoted text looks like this.
        """;

    private const string Formula = """
        The roots of $ax^2 + bx + c = 0$ are

        $$
        x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
        $$

        and they are real when \(b^2 \ge 4ac\).
        """;

    private const string Links = """
        Two places explain it:

        - the [encyclopedia](https://example.com/encyclopedia)
        - the [news](https://example.org/news), also at https://example.org/news
        """;

    private static readonly (string[] Names, string Language, string Code)[] Samples =
    [
        (["python"], "python", """
            def primes(limit: int) -> list[int]:
                # The sieve of Eratosthenes.
                sieve = [True] * (limit + 1)
                for n in range(2, int(limit ** 0.5) + 1):
                    if sieve[n]:
                        sieve[n * n::n] = [False] * len(sieve[n * n::n])
                return [n for n in range(2, limit + 1) if sieve[n]]


            print(primes(50))  # "2, 3, 5, 7, …"
            """),
        (["javascript", "typescript"], "javascript", """
            // Groups words by their first letter.
            export function group(words) {
              const groups = new Map();
              for (const word of words) {
                const letter = word[0].toUpperCase();
                groups.set(letter, [...(groups.get(letter) ?? []), word]);
              }

              return groups;
            }
            """),
        (["sql", "query"], "sql", """
            -- The ten customers who spent most this year.
            SELECT c.name, SUM(o.total) AS spent
            FROM customers AS c
            JOIN orders AS o ON o.customer_id = c.id
            WHERE o.ordered_at >= '2026-01-01'
            GROUP BY c.name
            ORDER BY spent DESC
            LIMIT 10;
            """),
        (["shell", "bash"], "bash", """
            # Counts the lines of each kind of file.
            for kind in cs js css; do
              printf '%s: %s\n' "$kind" "$(git ls-files "*.$kind" | xargs cat | wc -l)"
            done
            """),
    ];

    private const string CSharp = """
        /// <summary>Returns the words that occur most often.</summary>
        public static IEnumerable<(string Word, int Count)> TopWords(string text, int count = 3) =>
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .GroupBy(word => word.ToLowerInvariant())
                .OrderByDescending(group => group.Count())
                .Take(count)
                .Select(group => (group.Key, group.Count())); // "the", "of", "and"
        """;

    /// <summary>Returns the answer to a question for something formatted; null for other questions.</summary>
    public static string? For(string question)
    {
        var parts = new List<string>();
        if (CodeWords().IsMatch(question))
        {
            var (language, code) = Sample(question);
            parts.Add($"Here is one in `{language}`:\n\n```{language}\n{code}\n```");
        }

        if (TableWords().IsMatch(question))
        {
            parts.Add(Table);
        }

        if (ListWords().IsMatch(question))
        {
            parts.Add(Steps);
        }

        if (FormulaWords().IsMatch(question))
        {
            parts.Add(Formula);
        }

        if (SourceWords().IsMatch(question))
        {
            parts.Add(Links);
        }

        return parts.Count > 0 ? $"{string.Join("\n\n", parts)}\n\nThis is a fixed answer of a local emulator, not of **Grok**." : null;
    }

    private static (string Language, string Code) Sample(string question)
    {
        foreach (var (names, language, code) in Samples)
        {
            if (names.Any(name => question.Contains(name, StringComparison.OrdinalIgnoreCase)))
            {
                return (language, code);
            }
        }

        return ("csharp", CSharp);
    }

    [GeneratedRegex(@"\b(?:write|show|give)\b[^.?!]*\b(?:code|function|program|script|snippet|sql query)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex CodeWords();

    [GeneratedRegex(@"\b(?:make|show|give|write|draw|compare|as|in)\b[^.?!]*\b(?:a|in a|the) table\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TableWords();

    [GeneratedRegex(@"\b(?:make|show|give|write|as)\b[^.?!]*\b(?:a list|a checklist|a to-do list|steps)\b|\bstep by step\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex ListWords();

    [GeneratedRegex(@"\b(?:show|give|write)\b[^.?!]*\b(?:formula|equation)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex FormulaWords();

    [GeneratedRegex(@"\b(?:with|give|show|name)\b[^.?!]*\b(?:sources|references)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SourceWords();
}
