using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok;

/// <summary>How a <see cref="GrokChatClient"/> or a <see cref="GrokResponsesClient"/> reaches the service, and what it asks for by default.</summary>
/// <remarks>Read and checked once, when the client is built; a later change has no effect on that client.</remarks>
public sealed class GrokChatClientOptions
{
    /// <summary>The name of the default model.</summary>
    public const string DefaultModel = "grok-4.7";

    /// <summary>The API key. Left out by serializers and debuggers: options are dumped more often than one thinks.</summary>
    /// <value>Null takes the environment variable <c>XAI_API_KEY</c>. Only a loopback endpoint may do without any.</value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; set; }

    /// <summary>The API's address, with or without <c>/v1</c>. Plain <c>http</c> is accepted for loopback only.</summary>
    /// <value>Null takes the environment variable <c>XAI_BASE_URL</c>, else <c>https://api.x.ai/v1</c>.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>The model to use where <c>ChatOptions.ModelId</c> names none.</summary>
    /// <value>Default <see cref="DefaultModel"/>.</value>
    public string Model { get; set; } = DefaultModel;

    /// <summary>Whether the service keeps requests and responses, so that a conversation can be continued by id.</summary>
    /// <value>Null, the default, sends nothing; the service's own default is to keep them for 30 days.</value>
    /// <seealso href="https://docs.x.ai/docs/guides/chat#conversations">xAI: conversations</seealso>
    public bool? Store { get; set; }

    /// <summary>Whether a first message that carries images is sent with <c>store: false</c> when nobody decided, as xAI's guide advises.</summary>
    /// <value>Default true. The answer then has no <c>ConversationId</c>: send the history along with the next message.</value>
    public bool KeepImagesUnstored { get; set; } = true;

    /// <summary>Whether answers carry the model's reasoning in encrypted form.</summary>
    /// <value>Null, the default: when the request is not stored. True: always. False: never asked for.</value>
    public bool? EncryptedReasoning { get; set; }

    /// <summary>
    /// Which reasoning efforts a model takes, by the beginning of its name: for models that this version does not know, or knows wrongly.
    /// The longest beginning that fits wins, and an entry beats the table of the library. An effort that is not listed is not sent.
    /// </summary>
    /// <value>Default empty. Efforts are <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c> and <c>xhigh</c>; an empty list is a model that takes none.</value>
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

    /// <summary>The longest a whole answer may take.</summary>
    /// <value>Default 60 minutes. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> switches it off.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>The longest to wait for the next event of a stream. Keep-alive comments are no events; the time the caller takes does not count.</summary>
    /// <value>Default 10 minutes: a model that thinks hard is silent for minutes.</value>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest to wait for a streamed answer to begin, for each time it is sent: for its HTTP headers. An answer that is not streamed begins when it is whole, so that only <see cref="Timeout"/> limits it.</summary>
    /// <value>Default 10 minutes: a service, or what stands before it, may hold the headers back until the model says something.</value>
    public TimeSpan ResponseHeadersTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest it may take to connect; a <see cref="GrokException"/> of the kind <see cref="GrokErrorKind.Connection"/> when it takes longer. Applies to clients that own their HttpClient.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request that failed in passing is sent again, before anything of the answer was seen.</summary>
    /// <value>Null, the default: 3 times with a client that owns its HttpClient, never with the caller's own.</value>
    public int? MaxRetries { get; set; }

    /// <summary>The first wait before a request is sent again, where the service names none; each further one is twice as long, up to 30 seconds.</summary>
    /// <value>Default 0.5 seconds.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Where the scatter of these waits comes from: gives numbers from 0 up to 1.</summary>
    /// <value>Default null: random ones.</value>
    public Func<double>? RetryJitter { get; set; }

    /// <summary>Whether a request whose parameter the service refuses by name ("Argument not supported: ...") is sent once more without it, with a line in the log.</summary>
    /// <value>Default false: the refusal is the caller's exception.</value>
    public bool DropRefusedParameters { get; set; }

    /// <summary>How many requests may be under way at once, streams until their end included. Further ones wait in line, then are turned away.</summary>
    /// <value>Default null: no limit.</value>
    public int? MaxConcurrentRequests { get; set; }

    /// <summary>How many requests may wait while <see cref="MaxConcurrentRequests"/> are under way; one more is a <see cref="GrokException"/> of the kind <see cref="GrokErrorKind.Overload"/> at once.</summary>
    /// <value>Default 1,000.</value>
    public int MaxQueuedRequests { get; set; } = 1000;

    /// <summary>The clock that timeouts and waits go by.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the client says what it dropped and why. No prompt, answer or key is logged, unless <see cref="LogSensitiveData"/> is on.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Whether the bodies of requests and answers are logged, at the level Trace: everything that is said, images and sealed reasoning too. Never the key.</summary>
    /// <value>Default false. For a developer's machine.</value>
    public bool LogSensitiveData { get; set; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A setting is missing or wrong; the message names it and says what to do.</exception>
    public void Validate() => _ = GrokSettings.From(this);
}
