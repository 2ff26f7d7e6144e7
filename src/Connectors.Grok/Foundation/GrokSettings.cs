using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Foundation;

/// <summary>The validated options of a client, completed from the environment.</summary>
internal sealed record GrokSettings
{
    /// <summary>The default number of retries of a client that owns its HttpClient.</summary>
    public const int MaxRetriesOfOwnedClients = 2;

    public required CredentialSettings Credentials { get; init; }

    /// <summary>The key; null when there is none, or a callback returns the credential.</summary>
    public string? ApiKey => Credentials.ApiKey;

    /// <summary>Ends with a slash, so that relative routes are resolved below it.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>What follows from the host, and the options that override it.</summary>
    public required HostSettings Hosting { get; init; }

    /// <summary>What is known about the host.</summary>
    public KnownHost Host => Hosting.Host;

    /// <summary>The identities of models.</summary>
    public ModelNames Names => Hosting.Names;

    public required string Model { get; init; }

    public required bool? Store { get; init; }

    public required bool KeepImagesUnstored { get; init; }

    public required bool? EncryptedReasoning { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> ReasoningEfforts { get; init; }

    public required ContinuationInstructions ContinuationInstructions { get; init; }

    public required bool DropUnsupportedContent { get; init; }

    public required bool DerivePromptCacheKey { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required bool AlwaysStream { get; init; }

    public required TimeSpan StreamIdleTimeout { get; init; }

    public required TimeSpan StreamProgressTimeout { get; init; }

    public required TimeSpan ResponseHeadersTimeout { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required int? MaxRetries { get; init; }

    public required bool RetryServerErrors { get; init; }

    public required TimeSpan RecoveryTimeout { get; init; }

    public required TimeSpan RetryDelay { get; init; }

    public required Func<double>? RetryJitter { get; init; }

    public required bool DropRefusedParameters { get; init; }

    public required int? MaxConcurrentRequests { get; init; }

    public required int MaxQueuedRequests { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }

    public required bool LogSensitiveData { get; init; }

    /// <summary>What the service told the clients of these settings about its models.</summary>
    public ModelCatalog Models { get; } = new();

    /// <summary>The type name only, because some members are secrets.</summary>
    public override string ToString() => nameof(GrokSettings);

    public static GrokSettings From(GrokChatClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (endpoint, isFromEnvironment) = EndpointSettings.Normalize(options.Endpoint);
        var hosting = HostSettings.From(options, endpoint);
        return new()
        {
            Credentials = CredentialSettings.From(options, endpoint, isFromEnvironment),
            Endpoint = endpoint,
            Hosting = hosting,
            Model = Check(options.Model, !string.IsNullOrWhiteSpace(options.Model), nameof(options.Model), "must name a model, such as grok-4.7"),
            Store = options.Store ?? (hosting.Host.StoresByDefault ? null : false),
            KeepImagesUnstored = options.KeepImagesUnstored,
            EncryptedReasoning = options.EncryptedReasoning,
            ReasoningEfforts = Check(
                Efforts(options.ReasoningEfforts),
                options.ReasoningEfforts.Count == 0 || options.ReasoningEfforts.All(static e => !string.IsNullOrWhiteSpace(e.Key) && e.Value?.All(IsEffort) == true),
                nameof(options.ReasoningEfforts),
                "must map prefixes of model names to lists of none, low, medium, high and xhigh"),
            ContinuationInstructions = Check(
                options.ContinuationInstructions,
                options.ContinuationInstructions is ContinuationInstructions.WhenChanged or ContinuationInstructions.Never or ContinuationInstructions.Always or ContinuationInstructions.Throw,
                nameof(options.ContinuationInstructions),
                "must be WhenChanged, Never, Always or Throw; Restart needs a history, which a conversation client keeps (ConversationOptions.ContinuationInstructions)"),
            DropUnsupportedContent = options.DropUnsupportedContent,
            DerivePromptCacheKey = options.DerivePromptCacheKey,
            Timeout = CheckTime(options.Timeout, nameof(options.Timeout)),
            AlwaysStream = options.AlwaysStream,
            StreamIdleTimeout = CheckTime(options.StreamIdleTimeout, nameof(options.StreamIdleTimeout)),
            StreamProgressTimeout = CheckTime(options.StreamProgressTimeout, nameof(options.StreamProgressTimeout)),
            ResponseHeadersTimeout = CheckTime(options.ResponseHeadersTimeout, nameof(options.ResponseHeadersTimeout)),
            ConnectTimeout = CheckTime(options.ConnectTimeout, nameof(options.ConnectTimeout)),
            MaxRetries = Check(options.MaxRetries, options.MaxRetries is null or (>= 0 and <= 100), nameof(options.MaxRetries), "must be 0 to 100"),
            RetryServerErrors = options.RetryServerErrors,
            RecoveryTimeout = Check(options.RecoveryTimeout, IsUpTo(options.RecoveryTimeout, TimeSpan.FromDays(1)), nameof(options.RecoveryTimeout), "must be 0 to 24 hours; 0 switches it off"),
            RetryDelay = Check(options.RetryDelay, IsUpTo(options.RetryDelay, TimeSpan.FromSeconds(30)), nameof(options.RetryDelay), "must be 0 to 30 seconds"),
            RetryJitter = options.RetryJitter,
            DropRefusedParameters = options.DropRefusedParameters,
            MaxConcurrentRequests = Check(options.MaxConcurrentRequests, options.MaxConcurrentRequests is null or > 0, nameof(options.MaxConcurrentRequests), "must be at least 1, or null"),
            MaxQueuedRequests = Check(options.MaxQueuedRequests, options.MaxQueuedRequests >= 0, nameof(options.MaxQueuedRequests), "must not be negative"),
            TimeProvider = options.TimeProvider ?? TimeProvider.System,
            LogSensitiveData = options.LogSensitiveData,
            Logger = options.LoggerFactory?.CreateLogger("Connectors.Grok") ?? NullLogger.Instance,
        };
    }

    /// <summary>Whether a time is from zero to the most that is allowed.</summary>
    public static bool IsUpTo(TimeSpan time, TimeSpan most) => time >= TimeSpan.Zero && time <= most;

    private static Dictionary<string, IReadOnlyList<string>> Efforts(IDictionary<string, IReadOnlyList<string>> given) =>
        given.Count == 0 ? [] : given.ToDictionary(static e => e.Key, static e => (IReadOnlyList<string>)[.. e.Value ?? []], StringComparer.OrdinalIgnoreCase);

    private static bool IsEffort(string effort) => effort is "none" or "low" or "medium" or "high" or "xhigh";

    /// <summary>Checks a timeout.</summary>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public static TimeSpan CheckTime(TimeSpan time, string setting) => Check(
        time,
        time == System.Threading.Timeout.InfiniteTimeSpan || (time > TimeSpan.Zero && time.TotalMilliseconds < int.MaxValue),
        setting,
        "must be longer than zero and shorter than 24 days, or Timeout.InfiniteTimeSpan");

    /// <summary>Returns a setting that is right.</summary>
    /// <exception cref="ArgumentException">It is wrong.</exception>
    public static T Check<T>(T value, bool isRight, string setting, string rule) => isRight ? value : throw Wrong(setting, rule);

    /// <summary>Creates the exception for a setting.</summary>
    public static ArgumentException Wrong(string setting, string rule) =>
        new($"{nameof(GrokChatClientOptions)}.{setting} {rule}.", setting);
}
