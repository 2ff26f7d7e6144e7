using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>
/// Reads settings without reflection, for trimming, and reports every error with the path of its setting.
/// An empty value counts as unset, because templates of files and environments have such values. Values are never repeated in messages:
/// a value in the wrong place may be the key.
/// </summary>
internal sealed class SettingsReader(IConfigurationSection section)
{
    private readonly List<string> _failures = [];

    public void Text(string name, Action<string> set) => Read(name, "", text =>
    {
        set(text);
        return true;
    });

    public void Address(string name, Action<Uri> set) => Read(name, "must be an absolute address such as https://api.x.ai/v1", text =>
    {
        var isRight = Uri.TryCreate(text, UriKind.Absolute, out var address);
        if (isRight)
        {
            set(address!);
        }

        return isRight;
    });

    public void Flag(string name, Action<bool> set) => Read(name, "must be true or false", text =>
    {
        var isRight = bool.TryParse(text, out var flag);
        if (isRight)
        {
            set(flag);
        }

        return isRight;
    });

    /// <summary>Rejects a plain number, because TimeSpan.Parse reads 60 as sixty days.</summary>
    public void Time(string name, Action<TimeSpan> set) => Read(name, "must be a time such as 00:10:00 (ten minutes), or infinite", text =>
    {
        if (string.Equals(text, "infinite", StringComparison.OrdinalIgnoreCase))
        {
            set(Timeout.InfiniteTimeSpan);
            return true;
        }

        var isRight = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && text.Contains(':', StringComparison.Ordinal);
        if (isRight)
        {
            set(time);
        }

        return isRight;
    });

    public void Number(string name, Action<int> set) => Read(name, "must be a whole number", text =>
    {
        var isRight = int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number);
        if (isRight)
        {
            set(number);
        }

        return isRight;
    });

    public void Size(string name, Action<long> set) => Read(name, "must be a whole number of bytes", text =>
    {
        var isRight = long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number);
        if (isRight)
        {
            set(number);
        }

        return isRight;
    });

    public void Money(string name, Action<decimal> set) => Read(name, "must be an amount such as 2.50", text =>
    {
        var isRight = decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount);
        if (isRight)
        {
            set(amount);
        }

        return isRight;
    });

    public void Fraction(string name, Action<double> set) => Read(name, "must be a number such as 0.85", text =>
    {
        var isRight = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        if (isRight)
        {
            set(number);
        }

        return isRight;
    });

    /// <summary>Reads bytes such as a secret, written in Base64.</summary>
    public void Bytes(string name, Action<byte[]> set) => Read(name, "must be bytes in Base64", text =>
    {
        var bytes = new byte[text.Length];
        var isRight = Convert.TryFromBase64String(text, bytes, out var count);
        if (isRight)
        {
            set(bytes[..count]);
        }

        return isRight;
    });

    public void Choice<T>(string name, Action<T> set)
        where T : struct, Enum => Read(name, $"must be one of {string.Join(", ", Enum.GetNames<T>())}", text =>
    {
        // Enum.TryParse would accept a number as a name.
        var isRight = Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) && !char.IsAsciiDigit(text[0]);
        if (isRight)
        {
            set(choice);
        }

        return isRight;
    });

    /// <summary>Reads lists by name; a name without entries is an empty list.</summary>
    public void Lists(string name, Action<string, IReadOnlyList<string>> set)
    {
        foreach (var list in section.GetSection(name).GetChildren())
        {
            set(list.Key, [.. list.GetChildren().Select(static c => c.Value ?? "")]);
        }
    }

    /// <summary>Reads texts by name; empty ones count as unset.</summary>
    public void Texts(string name, Action<string, string> set)
    {
        foreach (var text in section.GetSection(name).GetChildren())
        {
            if (!string.IsNullOrWhiteSpace(text.Value))
            {
                set(text.Key, text.Value.Trim());
            }
        }
    }

    /// <summary>Reads prices by model, each with <c>Input</c>, <c>CachedInput</c> and <c>Output</c> in dollars per million tokens.</summary>
    public void Prices(string name, Action<string, GrokModelPrices> set)
    {
        foreach (var model in section.GetSection(name).GetChildren())
        {
            decimal?[] amounts = [Amount(model["Input"]), Amount(model["CachedInput"] ?? model["Input"]), Amount(model["Output"])];
            if (amounts is [{ } input, { } cached, { } output])
            {
                set(model.Key, GrokModelPrices.FromUsdPerMillionTokens(input, cached, output));
            }
            else
            {
                _failures.Add($"{model.Path} must have Input, CachedInput and Output: dollars per million tokens, such as 2.50.");
            }
        }

        static decimal? Amount(string? text) =>
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount <= 100_000 ? amount : null;
    }

    /// <summary>Throws if any setting was wrong, and reports all errors.</summary>
    public void Check<T>(string optionsName)
    {
        if (_failures.Count > 0)
        {
            throw new OptionsValidationException(optionsName, typeof(T), _failures);
        }
    }

    /// <summary>Rewrites the validation error of an option with the path of its setting.</summary>
    public static string Explain(ArgumentException e, string options, string? path, string optionsName)
    {
        var suffix = $" (Parameter '{e.ParamName}')";
        var words = e.Message.EndsWith(suffix, StringComparison.Ordinal) ? e.Message[..^suffix.Length] : e.Message;
        var member = $"{options}.{e.ParamName}";
        var setting = path is not null ? ConfigurationPath.Combine(path, e.ParamName ?? "")
            : optionsName.Length > 0 ? $"{member} of the client '{optionsName}'"
            : member;
        return words.StartsWith(member, StringComparison.Ordinal) ? setting + words[member.Length..] : $"{setting}: {words}";
    }

    private void Read(string name, string rule, Func<string, bool> take)
    {
        var value = section[name];
        if (!string.IsNullOrWhiteSpace(value) && !take(value.Trim()))
        {
            _failures.Add($"{ConfigurationPath.Combine(section.Path, name)} {rule}.");
        }
    }
}
