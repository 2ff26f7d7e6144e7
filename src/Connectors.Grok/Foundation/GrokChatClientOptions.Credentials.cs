using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace Connectors.Grok;

/// <content>How requests are authenticated: exactly one of <see cref="ApiKey"/>, <see cref="Credential"/> and <see cref="HandlerAuthenticates"/>.</content>
public sealed partial class GrokChatClientOptions
{
    /// <summary>The name of the header that carries a credential by default.</summary>
    public const string DefaultCredentialHeader = "Authorization";

    /// <summary>The API key. Serializers and debuggers omit it, so that dumps of the options do not expose it.</summary>
    /// <value>
    /// Null takes the environment variable <c>XAI_API_KEY</c>, if the endpoint is a host of <c>x.ai</c> or a loopback address, or was read from the environment
    /// variable <c>XAI_BASE_URL</c>. To any other host that key is never sent. Required, if there is no <see cref="Credential"/>, unless the endpoint is a loopback address.
    /// </value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; set; }

    /// <summary>
    /// Returns the credential of a request, such as an access token that expires or a key that a vault rotates. Called for each attempt, also at the same time from
    /// several calls, so it caches where that is needed; <c>Azure.Identity</c> and Google's library do. Its exceptions pass through unchanged.
    /// </summary>
    /// <value>Default null: <see cref="ApiKey"/> is used. Returned values are redacted from logs and exceptions.</value>
    /// <example><c>options.Credential = async token =&gt; (await azure.GetTokenAsync(new(["https://ai.azure.com/.default"]), token)).Token;</c></example>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Func<CancellationToken, ValueTask<string>>? Credential { get; set; }

    /// <summary>
    /// Returns a new credential after the service rejected the last one before any part of an answer arrived. Called at most once per call, and once for all calls
    /// whose credential was rejected at the same time; the rejected request is then sent once more, which is no retry. When the value is the rejected one, the rejection is thrown.
    /// </summary>
    /// <value>Default null: <see cref="Credential"/> is called again. Set it where <see cref="Credential"/> returns a cached value that it does not check.</value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Func<CancellationToken, ValueTask<string>>? RenewCredential { get; set; }

    /// <summary>The timeout for <see cref="Credential"/> and <see cref="RenewCredential"/>; when it passes, a <see cref="GrokException"/> of the kind <see cref="GrokErrorKind.Timeout"/> is thrown.</summary>
    /// <value>Default 30 seconds. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> switches it off.</value>
    public TimeSpan CredentialTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The name of the header that carries the key or the credential, for example <c>api-key</c>.</summary>
    /// <value>Default <see cref="DefaultCredentialHeader"/>.</value>
    public string CredentialHeader { get; set; } = DefaultCredentialHeader;

    /// <summary>The scheme before the credential in its header.</summary>
    /// <value>Null, the default: <c>Bearer</c> in the header <c>Authorization</c>, none in another one. Empty: none.</value>
    public string? CredentialScheme { get; set; }

    /// <summary>
    /// Whether a handler of the HttpClient authenticates the requests, for example with a signature over the body. The client then sends no credential of its own, and
    /// reads none from the environment.
    /// </summary>
    /// <value>Default false.</value>
    public bool HandlerAuthenticates { get; set; }

    /// <summary>Headers that are sent with each request, by name, such as <c>OpenAI-Project</c>. Their values are secrets: they are redacted from logs and exceptions, and serializers and debuggers omit them.</summary>
    /// <value>Default empty. Headers that the client sets itself are rejected.</value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
