using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>The options of a <see cref="GrokEmulator"/>. The emulator reads them when it is created.</summary>
public sealed class GrokEmulatorOptions
{
    /// <summary>The port to listen on.</summary>
    /// <value>0 by default: any free port.</value>
    public int Port { get; set; }

    /// <summary>The address to listen on: a loopback address or <c>localhost</c>, unless <see cref="AllowRemote"/> is set.</summary>
    /// <value><c>127.0.0.1</c> by default.</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Whether <see cref="Host"/> may be an address that other machines can reach.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowRemote { get; set; }

    /// <summary>
    /// The names that the Host header of a request may have besides loopback names and, with <see cref="AllowRemote"/>, addresses. Other names are
    /// refused with 403, since a web page can give its own name the address of this machine (DNS rebinding). <c>*</c> accepts every name.
    /// </summary>
    /// <value>Empty by default. Requests through <see cref="GrokEmulator.CreateHandler"/> may have any name.</value>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>The generation of the API to emulate.</summary>
    /// <value><see cref="GrokProfile.Current"/> by default.</value>
    public GrokProfile Profile { get; set; }

    /// <summary>The company that serves the API, which changes paths, credentials, model names, ids, rules of state and errors.</summary>
    /// <value><see langword="null"/> by default: xAI itself.</value>
    public GrokHost? ServedBy { get; set; }

    /// <summary>The clock for creation times, the expiry of stored responses, and the pauses in streams.</summary>
    /// <value><see cref="TimeProvider.System"/> by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The only API key the emulator accepts. When it is set, a request without a key gets a 401 and a request with another key a 400, as at xAI (docs/wire.md#errors).</summary>
    /// <value><see langword="null"/> by default: every request is accepted, with or without a key.</value>
    public string? ApiKey { get; set; }

    /// <summary>The time for which a bearer token is accepted after the emulator first received it, by <see cref="TimeProvider"/>. An expired token gets a 401. <see cref="ApiKey"/> is always accepted.</summary>
    /// <value><see langword="null"/> by default: tokens do not expire.</value>
    public TimeSpan? TokenLifetime { get; set; }

    /// <summary>The time after which a stored response expires.</summary>
    /// <value>30 days by default.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The pause before each piece of streamed text.</summary>
    /// <value>Zero by default.</value>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>The pause before each piece of streamed reasoning.</summary>
    /// <value>Zero by default.</value>
    public TimeSpan ThinkingDelay { get; set; }

    /// <summary>Whether a stream ends with <c>data: [DONE]</c>. Older documents show that line; newer recordings do not (docs/wire.md#events).</summary>
    /// <value><see langword="null"/> by default: only with <see cref="GrokProfile.Docs2025"/> and <see cref="OpenRouterHost"/>.</value>
    public bool? SendDone { get; set; }

    /// <summary>Whether the team has Zero Data Retention: <c>store</c> must be false, and no response can be continued or retrieved (docs/wire.md#storage).</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool ZeroDataRetention { get; set; }

    /// <summary>Whether a request with an image and <c>store: true</c> is rejected with 400. xAI's guide says that such a request "may fail".</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RejectStoredImages { get; set; }

    /// <summary>Whether images in WebP are rejected, as xAI's pages suggest: they list JPEG and PNG only. xAI's own client sends WebP.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RejectWebP { get; set; }

    /// <summary>Whether <c>search_context_size</c> and <c>user_location</c> of <c>web_search</c> are rejected with 400. xAI's schema says that they are; the README of its client names them as options (docs/wire.md#tools).</summary>
    /// <value><see langword="null"/> by default: <c>search_context_size</c> is rejected and <c>user_location</c> is accepted.</value>
    public bool? RejectSearchHints { get; set; }

    /// <summary>Whether requests for the service tiers <c>priority</c> and <c>fast</c> are served, and billed, as <c>default</c>.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool DowngradeServiceTier { get; set; }

    /// <summary>Whether a deletion of a response is answered with 204 and no body, which xAI's own client accepts, instead of 200 with an object.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool DeleteWithoutBody { get; set; }

    /// <summary>Whether deleting or expiring a response also prevents later responses of its chain from being continued. No public source says what the service does.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool BreakChains { get; set; }

    /// <summary>Whether a resent reasoning item with <c>status</c> is rejected with 400. xAI's own client removes the member because the API rejected it; the documents send it (docs/wire.md#reasoning).</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RejectReasoningStatus { get; set; }

    /// <summary>Whether the <c>instructions</c> of a response also apply to the responses that continue it. Sources disagree (docs/wire.md#storage).</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool InheritInstructions { get; set; } = true;

    /// <summary>The key that encrypts reasoning and compacted conversations, 32 bytes. Emulators with the same key accept each other's blobs.</summary>
    /// <value>Empty by default: a random key for each emulator.</value>
    public ReadOnlyMemory<byte> SealingKey { get; set; }

    /// <summary>The granularity of <c>cached_tokens</c>, in tokens (docs/wire.md#usage-and-cost). A smaller one shows cached tokens in short conversations.</summary>
    /// <value>128 by default, as observed at the service.</value>
    public int CachedTokenStep { get; set; } = 128;

    /// <summary>The context window of every model, in tokens. A longer input is rejected with 400; a small window lets a short conversation overflow.</summary>
    /// <value><see langword="null"/> by default: the window of each model, 256,000 to 1,000,000 tokens. At least 1.</value>
    public int? ContextLength { get; set; }

    /// <summary>The number of prompt tokens from which every token of a request costs double, for every model.</summary>
    /// <value><see langword="null"/> by default: that of each model, 200,000 tokens. 0 for no such step.</value>
    public int? LongContextThreshold { get; set; }

    /// <summary>
    /// The number of servers, each with a prompt cache of its own. Requests with the same <c>prompt_cache_key</c> reach the same server, those without
    /// one reach the servers in turn (docs/wire.md#usage-and-cost).
    /// </summary>
    /// <value>1 by default: every request finds what an earlier one left in the cache. At least 1.</value>
    public int CacheServers { get; set; } = 1;

    /// <summary>The maximum number of requests that <see cref="GrokEmulator.Requests"/> keeps. Beyond it the oldest are discarded.</summary>
    /// <value>10000 by default.</value>
    public int MaxRecordedRequests { get; set; } = 10_000;

    /// <summary>The maximum number of bytes of memory, estimated, that <see cref="GrokEmulator.Requests"/> keeps. Beyond it the oldest are discarded; the newest request is always kept.</summary>
    /// <value>256 MiB by default. At least 1.</value>
    public long MaxRecordedBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>The maximum number of bytes of memory, estimated, of all stored responses; beyond it the oldest expire. Uploaded files together have at most the same number; a further one gets a 507.</summary>
    /// <value>1 GiB by default. At least 1.</value>
    public long MaxStoredBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>
    /// The maximum length of a request body, in bytes; a longer one gets a 413. Of a request whose key, route or content type is rejected, at most 64 KiB are read.
    /// All bodies that are read at the same time have at most four times this length; further requests get a 503.
    /// </summary>
    /// <value>64 MiB by default. At least 64 KiB.</value>
    public int MaxRequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Whether a streamed response is completed in the background, and stored if requested, when the client disconnects. No public source says what the service does.</summary>
    /// <value><see langword="false"/> by default: the response is abandoned.</value>
    public bool FinishAfterDisconnect { get; set; }

    /// <summary>The maximum number of <c>POST /v1/responses</c> in any second. Further ones get a 429 with <c>Retry-After: 1</c>.</summary>
    /// <value><see langword="null"/> by default: no limit.</value>
    public int? MaxRequestsPerSecond { get; set; }

    /// <summary>Creates the ids of responses and of files.</summary>
    /// <value><see cref="Guid.NewGuid"/> by default.</value>
    public Func<Guid> NewId { get; set; } = Guid.NewGuid;

    /// <summary>Whether the emulator serves a page at <c>/</c> that shows requests, conversations, costs and faults. With <see cref="ApiKey"/> the page asks for the key.</summary>
    /// <value><see langword="false"/> by default; the program serves it.</value>
    public bool ServePage { get; set; }

    /// <summary>The script that the program answers from; null for none.</summary>
    internal string? ScriptFrom { get; set; }

    /// <summary>The file to which the program records; null for none.</summary>
    internal string? RecordTo { get; set; }

    /// <summary>The service to which the program sends requests when it records; null for none.</summary>
    internal Uri? Upstream { get; set; }

    /// <summary>Called with one line for each finished request; null for no lines.</summary>
    internal Action<string>? Log { get; set; }

    /// <summary>The file of the recording that the program replays; null for none.</summary>
    internal string? ReplayFrom { get; set; }

    internal double ReplaySpeed { get; set; } = 1;

    internal HostWire Wire => ServedBy?.Wire ?? HostWire.Xai;

    internal bool EndsWithDone => SendDone ?? (Profile == GrokProfile.Docs2025 || Wire.EndsWithDone);
}
