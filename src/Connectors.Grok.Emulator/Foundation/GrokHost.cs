using System.Globalization;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>
/// A company other than xAI that serves Grok: its paths, credentials, model names, ids, rules of state, errors and headers. It is independent of the
/// generation of the API (<see cref="GrokProfile"/>). Derived classes are the hosts; their properties are the points on which sources disagree.
/// </summary>
/// <remarks>The hosts follow their public documents and reports of their users. None of them was compared with a live host.</remarks>
public abstract class GrokHost
{
    private protected GrokHost()
    {
    }

    internal abstract HostWire Wire { get; }

    /// <summary>Parses a host in the syntax of the option <c>--host</c>, such as <c>foundry; deployment=prod-chat:grok-4.7; readable-after=5</c>.</summary>
    /// <param name="text">A name, followed by any number of <c>; key=value</c>. The README lists both. A key without a value means true.</param>
    /// <returns>The host.</returns>
    /// <exception cref="FormatException">The name, a key or a value is invalid. The message lists the valid ones.</exception>
    public static GrokHost Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        GrokHost host = parts.FirstOrDefault()?.ToUpperInvariant() switch
        {
            "FOUNDRY" => new FoundryHost(),
            "GOOGLE" => new GoogleHost(),
            "BEDROCK" => new BedrockHost(),
            "OPENROUTER" => new OpenRouterHost(),
            var unknown => throw new FormatException($"The host '{unknown?.ToLowerInvariant()}' does not exist. Use one of: foundry, google, bedrock, openrouter."),
        };
        foreach (var setting in parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)))
        {
            var (key, value) = (setting[0], setting.Length > 1 ? setting[1] : "true");
            if (!host.Settings.TryGetValue(key, out var set))
            {
                throw new FormatException($"The setting '{key}' of the host '{parts[0]}' does not exist. Use one of: {string.Join(", ", host.Settings.Keys)}.");
            }

            try
            {
                set(value);
            }
            catch (Exception invalid) when (invalid is FormatException or ArgumentException or OverflowException)
            {
                throw new FormatException($"The value '{value}' of the host setting '{key}' is not valid: {invalid.Message}", invalid);
            }
        }

        return host;
    }

    /// <summary>The settings by their names in <see cref="Parse"/>.</summary>
    private protected abstract IReadOnlyDictionary<string, Action<string>> Settings { get; }

    private protected static TimeSpan Seconds(string text) =>
        TimeSpan.FromSeconds(double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
}
