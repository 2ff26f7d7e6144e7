using System.Globalization;
using System.Security.Cryptography;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator;

/// <summary>Parses the command-line arguments.</summary>
internal static class CommandLine
{
    private const int DefaultPort = 8787;
    private const int RecordedRequestLimit = 500;
    private const long RecordedByteLimit = 64L * 1024 * 1024;
    private const long StoredByteLimit = 256L * 1024 * 1024;
    private const string DefaultUpstream = "https://api.x.ai/v1";
    private static readonly TimeSpan DefaultPause = TimeSpan.FromMilliseconds(15);

    private static readonly Dictionary<string, Action<GrokEmulatorOptions, Func<string>>> Settings = new(StringComparer.Ordinal)
    {
        ["--urls"] = static (options, value) => (options.Host, options.Port) = Address(value()),
        ["--api-key"] = static (options, value) => options.ApiKey = value(),
        ["--token-delay"] = static (options, value) => options.TokenDelay = Milliseconds(value()),
        ["--thinking-delay"] = static (options, value) => options.ThinkingDelay = Milliseconds(value()),
        ["--profile"] = static (options, value) => options.Profile = Profile(value()),
        ["--host"] = static (options, value) => options.ServedBy = GrokHost.Parse(value()),
        ["--token-lifetime"] = static (options, value) => options.TokenLifetime = TimeSpan.FromSeconds(Count(value())),
        ["--strict-key"] = static (options, _) => options.ApiKey ??= $"xai-emulator-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}",
        ["--script"] = static (options, value) => options.ScriptFrom = value(),
        ["--record"] = static (options, value) => options.RecordTo = value(),
        ["--upstream"] = static (options, value) => options.Upstream = Upstream(value()),
        ["--replay"] = static (options, value) => options.ReplayFrom = value(),
        ["--speed"] = static (options, value) => options.ReplaySpeed = Speed(value()),
        ["--finish-after-disconnect"] = static (options, _) => options.FinishAfterDisconnect = true,
        ["--requests-per-second"] = static (options, value) => options.MaxRequestsPerSecond = Count(value()),
        ["--context-length"] = static (options, value) => options.ContextLength = Count(value()),
        ["--long-context-threshold"] = static (options, value) => options.LongContextThreshold = Count(value()),
        ["--zdr"] = static (options, _) => options.ZeroDataRetention = true,
        ["--allow-remote"] = static (options, _) => options.AllowRemote = true,
        ["--allow-host"] = static (options, value) => options.AllowedHosts.Add(value()),
        ["--no-page"] = static (options, _) => options.ServePage = false,
        ["--log"] = static (options, _) => options.Log = Console.WriteLine,
    };

    public static GrokEmulatorOptions Read(string[] args)
    {
        var options = new GrokEmulatorOptions
        {
            Port = DefaultPort,
            TokenDelay = DefaultPause,
            ThinkingDelay = DefaultPause,
            MaxRecordedRequests = RecordedRequestLimit,
            MaxRecordedBytes = RecordedByteLimit,
            MaxStoredBytes = StoredByteLimit,
            ServePage = true,
        };
        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var argument))
        {
            // "--name=value" or "--name value". The value of "--name=value" may contain any character.
            var (name, inlineValue) = argument.Split('=', 2) is [var before, var after] && before.StartsWith("--", StringComparison.Ordinal) ? (before, after) : (argument, null);
            var valueUsed = false;
            Apply(options, name, () =>
            {
                valueUsed = true;
                return inlineValue ?? (remaining.TryDequeue(out var value) ? value : throw new FormatException($"The option {name} needs a value."));
            });
            if (inlineValue is not null && !valueUsed)
            {
                throw new FormatException($"The option {name} does not take a value.");
            }
        }

        if (!options.AllowRemote && !Listener.IsLoopback(options.Host))
        {
            throw new FormatException($"The address '{options.Host}' is not a loopback address. Add --allow-remote to let other machines reach this emulator.");
        }

        if (options.Upstream is not null && options.RecordTo is null)
        {
            throw new FormatException("The option --upstream needs --record FILE: the emulator sends requests to a service only to record them.");
        }

        if (new[] { options.ScriptFrom, options.RecordTo, options.ReplayFrom }.Count(static path => path is not null) > 1)
        {
            throw new FormatException("Use only one of --script, --record and --replay: each decides what answers a request.");
        }

        options.Upstream ??= options.RecordTo is null ? null : new Uri(DefaultUpstream);
        return options;
    }

    private static void Apply(GrokEmulatorOptions options, string name, Func<string> value)
    {
        if (!Settings.TryGetValue(name, out var set))
        {
            throw new FormatException($"The option '{name}' does not exist.");
        }

        set(options, value);
    }

    private static (string Host, int Port) Address(string text)
    {
        // "*" and "+" mean every address of the machine.
        if (!Uri.TryCreate(text.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address)
            || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery is not ("/" or "/v1" or "/v1/"))
        {
            throw new FormatException($"The value '{text}' of --urls is not valid. Use an http address without a path, such as http://127.0.0.1:8787.");
        }

        var isAddress = address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || address.Host == "localhost";
        return isAddress ? (address.Host, address.Port) : throw new FormatException($"The host '{address.Host}' of --urls is neither an IP address nor localhost.");
    }

    // A key must not travel in clear text to another machine.
    private static Uri Upstream(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
        ? address
        : throw new FormatException("The value of --upstream is not valid. Use the base address of a service, such as https://api.x.ai/v1: https, or http on this machine, without user, query and fragment.");

    private static GrokProfile Profile(string text) => Enum.TryParse<GrokProfile>(text, ignoreCase: true, out var profile) && Enum.IsDefined(profile)
        ? profile
        : throw new FormatException($"The profile '{text}' does not exist. Use one of: {string.Join(", ", Enum.GetNames<GrokProfile>())}.");

    private static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new FormatException($"The value '{text}' is not a whole number of at least 1.");

    private static double Speed(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed)
        ? speed
        : throw new FormatException($"The value '{text}' of --speed is not a number such as 1, 4 or 0.");

    private static TimeSpan Milliseconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromMilliseconds(number)
            : throw new FormatException($"The value '{text}' is not a whole number of milliseconds.");
}
