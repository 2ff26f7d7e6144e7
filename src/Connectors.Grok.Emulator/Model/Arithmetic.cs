using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Finds an arithmetic expression in a text and evaluates it: + - * / % ^, parentheses, decimals.</summary>
internal static partial class Arithmetic
{
    /// <summary>Returns the first expression that can be evaluated, as it was written, and its value; null when there is none.</summary>
    public static (string Expression, string Value)? Solve(string text)
    {
        text = ReplaceWordsBySigns(text);
        foreach (Match match in Candidates().Matches(text))
        {
            var expression = match.Value.Trim().TrimEnd('.', '=', ' ');
            if (!Operators().IsMatch(expression) && !(TightMinus().IsMatch(expression) && IsAskedFor(expression, text)))
            {
                continue;
            }

            try
            {
                var parser = new Parser(expression);
                if (parser.Parse() is { } value)
                {
                    return (expression, value.ToString("0.############", CultureInfo.InvariantCulture));
                }
            }
            catch (ArithmeticException)
            {
                return (expression, "not a number I can write down");
            }
        }

        return null;
    }

    // "10-12" can be a subtraction, a time, a date or a telephone number.
    private static bool IsAskedFor(string expression, string text) => text.Trim().TrimEnd('?', '=', ' ') == expression || Requests().IsMatch(text);

    private static string ReplaceWordsBySigns(string text) => Words().Replace(Percentages().Replace(text, "${share} / 100 * "), match => match.Value.ToLowerInvariant() switch
    {
        "plus" => "+",
        "minus" => "-",
        "times" or "multiplied by" => "*",
        _ => "/",
    });

    [GeneratedRegex(@"[-(]*\d[\d\s.+\-*/%^×÷x()]*", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Candidates();

    [GeneratedRegex(@"\d\s*\)*\s*[+*/%^×÷x]\s*[-(]*\s*\d|\d\s+-\s+[-(]*\d", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Operators();

    [GeneratedRegex(@"^\d+(?:\.\d+)?-\d+(?:\.\d+)?$", RegexOptions.None, 1000)]
    private static partial Regex TightMinus();

    [GeneratedRegex(@"\b(?:what(?:'s|’s| is)|how much|calculate|compute|work out|solve)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Requests();

    [GeneratedRegex(@"(?<share>\d+(?:\.\d+)?)\s*(?:%|percent) of (?=\d)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Percentages();

    [GeneratedRegex(@"\b(?:plus|minus|times|multiplied by|divided by)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Words();

    private sealed class Parser(string text)
    {
        private int _position;

        public decimal? Parse()
        {
            var value = Sum();
            Skip();
            return _position == text.Length ? value : null;
        }

        private decimal? Sum()
        {
            var left = Product();
            while (left is not null && Next("+-") is { } sign)
            {
                left = sign == '+' ? left + Product() : left - Product();
            }

            return left;
        }

        private decimal? Product()
        {
            var left = Power();
            while (left is not null && Next("*/%×÷xX") is { } sign)
            {
                var right = Power();
                left = sign switch
                {
                    '/' or '÷' => left / right,
                    '%' => left % right,
                    _ => left * right,
                };
            }

            return left;
        }

        private decimal? Power()
        {
            var left = Factor();
            if (left is null || Next("^") is null)
            {
                return left;
            }

            return Power() is { } exponent ? (decimal)Math.Pow((double)left, (double)exponent) : null;
        }

        private decimal? Factor()
        {
            if (Next("-") is not null)
            {
                return -Factor();
            }

            if (Next("(") is not null)
            {
                var inner = Sum();
                return Next(")") is null ? null : inner;
            }

            var start = _position;
            while (_position < text.Length && (char.IsAsciiDigit(text[_position]) || text[_position] == '.'))
            {
                _position++;
            }

            return decimal.TryParse(text.AsSpan(start, _position - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        private char? Next(string signs)
        {
            Skip();
            return _position < text.Length && signs.Contains(text[_position], StringComparison.Ordinal) ? text[_position++] : null;
        }

        private void Skip()
        {
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
        }
    }
}
