namespace Connectors.Grok.Foundation;

/// <summary>The validated settings that authenticate requests. The type name is its text, because members are secrets.</summary>
internal sealed class CredentialSettings
{
    /// <summary>The length from which the value of an extra header is redacted; shorter ones, such as the name of a provider, occur in other words.</summary>
    private const int LeastHeaderLength = 8;

    // Set by the client or by HTTP. The other headers that describe a body are rejected by the platform.
    private static readonly HashSet<string> OwnHeaders = new(
        ["Accept", "User-Agent", "Host", "Connection", "Transfer-Encoding", "Expect", "x-client-request-id"], StringComparer.OrdinalIgnoreCase);

    private CredentialSettings(GrokChatClientOptions options, string? apiKey)
    {
        ApiKey = apiKey;
        (Ask, Renew, Timeout) = (options.Credential, options.RenewCredential ?? options.Credential, options.CredentialTimeout);
        Header = options.CredentialHeader;
        Scheme = options.CredentialScheme ?? (Header.Equals(GrokChatClientOptions.DefaultCredentialHeader, StringComparison.OrdinalIgnoreCase) ? "Bearer" : "");
        Headers = options.Headers.Count == 0 ? [] : [.. options.Headers];
        Secrets = new SecretValues([.. apiKey is null ? (string[])[] : [apiKey], .. Headers.Count == 0 ? [] : SecretsOf(Headers)]);
    }

    /// <summary>The key; null when there is none, or a callback returns the credential.</summary>
    public string? ApiKey { get; }

    /// <summary>Returns the credential of an attempt; null for none.</summary>
    public Func<CancellationToken, ValueTask<string>>? Ask { get; }

    /// <summary>Returns a credential after a rejection; null when there is no callback.</summary>
    public Func<CancellationToken, ValueTask<string>>? Renew { get; }

    /// <summary>The timeout of both.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name of the header of the credential.</summary>
    public string Header { get; }

    /// <summary>What stands before the credential; empty for nothing.</summary>
    public string Scheme { get; }

    /// <summary>The extra headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>What is redacted.</summary>
    public SecretValues Secrets { get; }

    public override string ToString() => nameof(CredentialSettings);

    /// <summary>Whether a value consists of the characters that keys and tokens have.</summary>
    public static bool IsCredential(string value)
    {
        foreach (var letter in value)
        {
            if (letter is <= ' ' or >= (char)127)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Validates the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isFromEnvironment">Whether the endpoint was read from the environment.</param>
    /// <exception cref="ArgumentException">A credential is missing, malformed, or one of several; the message repeats no value.</exception>
    public static CredentialSettings From(GrokChatClientOptions options, Uri endpoint, bool isFromEnvironment)
    {
        CheckSources(options);
        CheckHeaders(options);
        GrokSettings.CheckTime(options.CredentialTimeout, nameof(options.CredentialTimeout));
        return new CredentialSettings(options, options.Credential is not null || options.HandlerAuthenticates ? null : KeyFor(options.ApiKey, endpoint, isFromEnvironment));
    }

    private static void CheckSources(GrokChatClientOptions options)
    {
        if (options.Credential is not null && !string.IsNullOrWhiteSpace(options.ApiKey))
        {
            throw GrokSettings.Wrong(nameof(options.Credential), $"and {nameof(options.ApiKey)} are both set: set exactly one");
        }

        if (options.HandlerAuthenticates && (options.Credential is not null || !string.IsNullOrWhiteSpace(options.ApiKey)))
        {
            throw GrokSettings.Wrong(
                nameof(options.HandlerAuthenticates),
                $"is set, and so is {(options.Credential is null ? nameof(options.ApiKey) : nameof(options.Credential))}: either a handler authenticates the requests, or the client does");
        }

        if (options.RenewCredential is not null && options.Credential is null)
        {
            throw GrokSettings.Wrong(nameof(options.RenewCredential), $"needs {nameof(options.Credential)}, whose value it replaces");
        }
    }

    private static void CheckHeaders(GrokChatClientOptions options)
    {
        using var request = new HttpRequestMessage();
        if (!IsName(options.CredentialHeader) || OwnHeaders.Contains(options.CredentialHeader) || !request.Headers.TryAddWithoutValidation(options.CredentialHeader, "x"))
        {
            throw GrokSettings.Wrong(nameof(options.CredentialHeader), "must be the name of a request header that the client does not set itself, such as Authorization or api-key");
        }

        if (options.CredentialScheme?.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') == false)
        {
            throw GrokSettings.Wrong(nameof(options.CredentialScheme), "must be one word, such as Bearer, or empty");
        }

        foreach (var (name, value) in options.Headers)
        {
            if (!IsName(name) || string.IsNullOrWhiteSpace(value) || value.Any(static c => c is < ' ' or > '~') || !request.Headers.TryAddWithoutValidation(name, "x"))
            {
                throw GrokSettings.Wrong(nameof(options.Headers), "must map names of request headers to values of printable ASCII characters, without line breaks");
            }

            if (OwnHeaders.Contains(name) || name.Equals(options.CredentialHeader, StringComparison.OrdinalIgnoreCase))
            {
                throw GrokSettings.Wrong(nameof(options.Headers), $"must not contain the headers that the client sets itself: the header of the credential, {string.Join(", ", OwnHeaders.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <summary>Gets the key: the given one, or that of the environment where it may be sent.</summary>
    private static string? KeyFor(string? given, Uri endpoint, bool isFromEnvironment)
    {
        var takesEnvironment = isFromEnvironment || endpoint.IsLoopback || IsOfXai(endpoint.IdnHost);
        var key = given ?? (takesEnvironment ? Environment.GetEnvironmentVariable("XAI_API_KEY") : null);
        if (string.IsNullOrWhiteSpace(key))
        {
            return endpoint.IsLoopback ? null
                : takesEnvironment ? throw GrokSettings.Wrong(nameof(GrokChatClientOptions.ApiKey), $"is missing: set it, or the environment variable XAI_API_KEY, to talk to {endpoint.Host}. A local emulator needs none: set XAI_BASE_URL to its address")
                : throw GrokSettings.Wrong(
                    nameof(GrokChatClientOptions.ApiKey),
                    $"is missing: to talk to {endpoint.Host}, set it or {nameof(GrokChatClientOptions.Credential)}, or {nameof(GrokChatClientOptions.HandlerAuthenticates)} if a handler of the HttpClient authenticates the requests. "
                    + "The environment variable XAI_API_KEY is sent to hosts of x.ai, to loopback addresses and to the address in XAI_BASE_URL only");
        }

        // The key becomes the value of a header. A key with a line break, such as one pasted from a file, is rejected here: the exception of the HTTP stack would contain it.
        return IsCredential(key)
            ? key
            : throw GrokSettings.Wrong(
                nameof(GrokChatClientOptions.ApiKey),
                "contains a line break, a space or another character that keys do not contain: copy the key again, without surrounding text");
    }

    private static bool IsOfXai(string host) =>
        host.TrimEnd('.') is var name && (name.Equals("x.ai", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".x.ai", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a text is a token of RFC 9110.</summary>
    private static bool IsName(string? name)
    {
        foreach (var letter in name ?? "")
        {
            if (!char.IsAsciiLetterOrDigit(letter) && !"!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !string.IsNullOrEmpty(name);
    }

    private static IEnumerable<string> SecretsOf(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        headers.Select(static h => h.Value).SelectMany(Parts).Where(static v => v.Length >= LeastHeaderLength);

    /// <summary>The value, and what follows its scheme: a service may repeat the token alone.</summary>
    private static IEnumerable<string> Parts(string value) => value.LastIndexOf(' ') is > 0 and var space ? [value, value[(space + 1)..]] : [value];
}
