using Connectors.Grok.Foundation;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok;

/// <summary>Connection settings and request defaults of a <see cref="GrokChatClient"/> or <see cref="GrokResponsesClient"/>.</summary>
/// <remarks>Read and checked once, when the client is built; a later change has no effect on that client.</remarks>
public sealed partial class GrokChatClientOptions
{
    /// <summary>The name of the default model.</summary>
    public const string DefaultModel = "grok-4.7";

    /// <summary>The API's address, with or without <c>/v1</c>. Plain <c>http</c> is accepted for loopback only.</summary>
    /// <value>Null takes the environment variable <c>XAI_BASE_URL</c>, else <c>https://api.x.ai/v1</c>.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>The model to use when <c>ChatOptions.ModelId</c> is null or blank.</summary>
    /// <value>Default <see cref="DefaultModel"/>.</value>
    public string Model { get; set; } = DefaultModel;

    /// <summary>Whether the service keeps requests and responses, so that a conversation can be continued by id.</summary>
    /// <value>Null, the default, sends nothing; the service's own default is to keep them for 30 days.</value>
    /// <seealso href="https://docs.x.ai/docs/guides/chat#conversations">xAI: conversations</seealso>
    public bool? Store { get; set; }

    /// <summary>Whether a first message that carries images is sent with <c>store: false</c> when neither options nor client set <c>store</c>, as xAI's guide advises.</summary>
    /// <value>Default true. The answer then has no <c>ConversationId</c>: send the history along with the next message.</value>
    public bool KeepImagesUnstored { get; set; } = true;

    /// <summary>Whether answers carry the model's reasoning in encrypted form.</summary>
    /// <value>Null, the default: requested when the request is not stored. True: always requested. False: never requested.</value>
    public bool? EncryptedReasoning { get; set; }

    /// <summary>
    /// The reasoning efforts that models accept, by prefix of the model name: for models that this version of the library does not know, or for which its table is wrong.
    /// The longest matching prefix wins, and an entry wins over the table of the library. An effort that is not listed is not sent.
    /// </summary>
    /// <value>Default empty. Efforts are <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c> and <c>xhigh</c>; an empty list means a model without efforts.</value>
    /// <example><c>options.ReasoningEfforts["grok-5"] = ["low", "high"];</c></example>
    public IDictionary<string, IReadOnlyList<string>> ReasoningEfforts { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>When <c>ChatOptions.Instructions</c> are sent again with a continued conversation. The client remembers a hash of the instructions in force for its last 10,000 stored answers; for older ids, and those of other processes, they are unknown.</summary>
    /// <value>Default <see cref="ContinuationInstructions.WhenChanged"/>. <see cref="ContinuationInstructions.Restart"/> is rejected: this client keeps no history.</value>
    public ContinuationInstructions ContinuationInstructions { get; set; }

    /// <summary>
    /// Whether content of a user that xAI's API does not support, such as audio, is left out and logged. Content that only another provider's service can
    /// have produced is left out and logged in any case.
    /// </summary>
    /// <value>Default false: it is a <see cref="NotSupportedException"/> before anything is sent.</value>
    public bool DropUnsupportedContent { get; set; }

    /// <summary>
    /// Whether a request without a <c>prompt_cache_key</c> gets one, so that the requests of a conversation reach the server that holds its prefix in the
    /// prompt cache. The key is a hash of the first message of a user, and of the tenant, the user id and the safety identifier of the call; it stays the same while the
    /// history grows. A call that continues a response gets the key of that response. The layers for conversations and history tracking set keys of their own.
    /// </summary>
    /// <value>Default true. False sends only the keys that callers set with <c>ChatOptions.WithPromptCacheKey</c>, and those layers set none either.</value>
    /// <seealso href="https://docs.x.ai/developers/advanced-api-usage/prompt-caching">xAI: prompt caching</seealso>
    public bool DerivePromptCacheKey { get; set; } = true;

    /// <summary>The timeout of a whole answer, from the call to its end, retries included.</summary>
    /// <value>Default 60 minutes. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> switches it off.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>
    /// Whether a call that is not streamed requests a stream too, and returns the answer when the stream ends. Bytes then arrive while the model works, so that no
    /// proxy closes a silent connection, and an answer whose connection breaks can be fetched (<see cref="RecoveryTimeout"/>).
    /// </summary>
    /// <value>Default true. False sends one POST that is answered when the answer is complete.</value>
    public bool AlwaysStream { get; set; } = true;

    /// <summary>The timeout for the next bytes of a stream, keep-alive comments and pings included. Time the caller spends between reads does not count.</summary>
    /// <value>Default 10 minutes: a reasoning model can send nothing for minutes.</value>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The timeout for the next event of a stream. Keep-alive comments and pings are not events; time the caller spends between reads does not count.</summary>
    /// <value>Default 30 minutes.</value>
    public TimeSpan StreamProgressTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The timeout for the HTTP headers of a streamed answer, for each attempt. Without <see cref="AlwaysStream"/> the headers of an answer that is not streamed arrive when the answer is complete, so that only <see cref="Timeout"/> limits it.</summary>
    /// <value>Default 10 minutes: the service, or a gateway in front of it, may hold the headers back until the first output.</value>
    public TimeSpan ResponseHeadersTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The timeout for connecting; when it passes, a <see cref="GrokException"/> of the kind <see cref="GrokErrorKind.Connection"/> is thrown. Applies to clients that own their HttpClient.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum number of retries of a request that failed before any part of the answer arrived: with 429 unless the quota is exhausted, with 503 or 529, or
    /// because the connection could not be made. While retries are on, all calls of the client for a model wait together when the service limits their rate;
    /// that wait is no retry.
    /// </summary>
    /// <value>Null, the default: 2 for a client that owns its HttpClient, 0 over the caller's HttpClient.</value>
    public int? MaxRetries { get; set; }

    /// <summary>
    /// Whether other server errors, such as 500, 502 and 504, are retried as well. The model may have finished before such an error, so that an answer can be
    /// billed and stored twice.
    /// </summary>
    /// <value>Default false.</value>
    public bool RetryServerErrors { get; set; }

    /// <summary>
    /// How long the client tries to fetch a stored answer whose stream broke, by its id, before it reports the failure. It waits longer only while the service says
    /// that the answer is in progress, and never longer than <see cref="Timeout"/>. xAI does not document whether it finishes such answers.
    /// </summary>
    /// <value>Default 60 seconds. <see cref="TimeSpan.Zero"/> switches this off.</value>
    public TimeSpan RecoveryTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The delay before the first retry, when the service names none; it doubles with each further retry, up to 30 seconds. A delay that the service names is kept up to 60 seconds, plus jitter; a longer one fails the call at once.</summary>
    /// <value>Default 0.5 seconds.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The source of the jitter of retry delays; returns values in [0, 1).</summary>
    /// <value>Null, the default: random values.</value>
    public Func<double>? RetryJitter { get; set; }

    /// <summary>Whether a request is resent once without a parameter that the service rejected by name ("Argument not supported: ..."). The dropped parameter is logged.</summary>
    /// <value>Default false: the rejection is thrown.</value>
    public bool DropRefusedParameters { get; set; }

    /// <summary>The maximum number of concurrent requests; a stream counts until its end. Further requests wait in a queue of <see cref="MaxQueuedRequests"/>.</summary>
    /// <value>Default null: no limit.</value>
    public int? MaxConcurrentRequests { get; set; }

    /// <summary>The maximum number of requests that wait for a permit of <see cref="MaxConcurrentRequests"/>; one more fails immediately with a <see cref="GrokException"/> of the kind <see cref="GrokErrorKind.Overload"/>.</summary>
    /// <value>Default 1,000.</value>
    public int MaxQueuedRequests { get; set; } = 1000;

    /// <summary>The clock for timeouts and retry delays.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The logger factory for retries and dropped options and contents. No prompt or answer is logged unless <see cref="LogSensitiveData"/> is set; credentials are never logged.</summary>
    /// <value>Null, the default: nothing is logged.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Whether the bodies of requests and answers are logged, at the level Trace, including images and encrypted reasoning. Credentials are never logged.</summary>
    /// <value>Default false. Intended for development only.</value>
    public bool LogSensitiveData { get; set; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A setting is missing or wrong; the message names it and says what to do.</exception>
    public void Validate() => _ = GrokSettings.From(this);
}
