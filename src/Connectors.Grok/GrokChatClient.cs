using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Connectors.Grok.Caching;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Mapping.Requests;
using Connectors.Grok.Telemetry;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>
/// xAI's Grok as an <see cref="IChatClient"/>, over the Responses API. A conversation lives on the service: send the new messages with the
/// last answer's <see cref="ChatResponse.ConversationId"/>, and nothing else. Any older id may be continued too, which is a fork.
/// </summary>
/// <remarks>
/// The only state are hashes: of the instructions in force and the prompt cache key for the last 10,000 stored answers, and, where the level Information is
/// logged, of the items sent before. One instance serves all conversations concurrently. Throws <see cref="GrokException"/> for what the service rejects or fails to do, and when a timeout of the options
/// passes (<see cref="GrokErrorKind.Timeout"/>); <see cref="ArgumentException"/>,
/// <see cref="NotSupportedException"/> or <see cref="InvalidOperationException"/> for what cannot be sent, before it is sent.
/// </remarks>
public sealed class GrokChatClient : IChatClient, IHistoryCompactor
{
    private readonly GrokResponsesClient _responses;
    private readonly GrokFileClient _files;
    private readonly GrokSettings _settings;
    private readonly ChatClientMetadata _metadata;
    private readonly ResponseMemory _instructions = new();
    private readonly PromptCache _cache;

    // Most clients never log one, and an empty dictionary takes half a kilobyte.
    private ConcurrentDictionary<string, bool>? _logged;

    /// <summary>Creates a client for a model, with its own HttpClient, retries and timeouts, and the defaults of <see cref="GrokChatClientOptions"/>.</summary>
    /// <param name="model">The model's name, such as <c>grok-4.7</c>.</param>
    /// <param name="apiKey">The API key; null takes the environment variable <c>XAI_API_KEY</c>.</param>
    /// <param name="endpoint">The API's address; null takes the environment variable <c>XAI_BASE_URL</c>, else <c>https://api.x.ai/v1</c>.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name in <see cref="GrokChatClientOptions"/>.</exception>
    /// <seealso href="https://docs.x.ai/docs/tutorial">xAI: how to get a key</seealso>
    public GrokChatClient(string model, string? apiKey = null, Uri? endpoint = null)
        : this(new GrokChatClientOptions { Model = model, ApiKey = apiKey, Endpoint = endpoint })
    {
    }

    /// <summary>Creates a client with its own HttpClient, retries and timeouts.</summary>
    /// <param name="options">The options; read once.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public GrokChatClient(GrokChatClientOptions options)
        : this(GrokSettings.From(options), null)
    {
    }

    /// <summary>Creates a client over the caller's HttpClient, which is neither changed nor disposed. No retries unless <see cref="GrokChatClientOptions.MaxRetries"/> is set.</summary>
    /// <param name="options">The options; read once.</param>
    /// <param name="httpClient">The caller's client. Its BaseAddress is not used; its Timeout still applies, so raise it: a reasoning model takes minutes. Give its handler <c>AllowAutoRedirect = false</c>, or a redirect sends the messages and all headers but <c>Authorization</c> elsewhere.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="httpClient"/> is null.</exception>
    public GrokChatClient(GrokChatClientOptions options, HttpClient httpClient)
        : this(GrokSettings.From(options), httpClient ?? throw new ArgumentNullException(nameof(httpClient)))
    {
    }

    private GrokChatClient(GrokSettings settings, HttpClient? httpClient)
    {
        _settings = settings;
        _cache = new PromptCache(settings);
        _responses = new GrokResponsesClient(settings, httpClient);
        _files = new GrokFileClient(settings, _responses);
        _metadata = new ChatClientMetadata(settings.Hosting.ProviderName, new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/')), settings.Model);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of range, or a message cannot be sent; nothing was sent.</exception>
    /// <exception cref="NotSupportedException">xAI's API does not support a content, a role or a tool; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">The options contradict each other, such as a ConversationId with <c>store: false</c>; nothing was sent.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout of the options passed; <see cref="GrokException.Kind"/> tells which.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/chat#conversations">xAI: conversations</seealso>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var mapped = ToCachedRequest(messages, options);
        return await CallTelemetry.MeasureAsync(_settings, mapped.Request.Model, () => CreateAsync(mapped, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Invalid arguments throw from this call, not from the enumeration. The ConversationId appears on the last update only, when the answer is complete. Dispose the client only when no call is in progress.</remarks>
    /// <exception cref="ArgumentException">An option is out of range, or a message cannot be sent; nothing was sent.</exception>
    /// <exception cref="NotSupportedException">xAI's API does not support a content, a role or a tool; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">The options contradict each other, such as a ConversationId with <c>store: false</c>; nothing was sent.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, the stream broke, or a timeout of the options passed; thrown by the enumeration, after the updates that arrived before.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; thrown by the enumeration.</exception>
    /// <seealso href="https://docs.x.ai/docs/guides/streaming-response">xAI: streaming</seealso>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Measured(ToCachedRequest(messages, options), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Returns <see cref="ChatClientMetadata"/>, <see cref="GrokResponsesClient"/>, <see cref="GrokFileClient"/> and the client itself.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="serviceType"/> is null.</exception>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(GrokResponsesClient) ? _responses
            : serviceType == typeof(GrokFileClient) || serviceType == typeof(IHostedFileClient) ? _files
            // For the layers of this library; the type is internal.
            : serviceType == typeof(GrokSettings) ? _settings
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Disposes the HttpClient if the client owns it.</summary>
    public void Dispose() => _responses.Dispose();

    /// <inheritdoc/>
    async Task<ChatResponse> IHistoryCompactor.CompactAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var request = ToRequest(messages, options).Request;
        var summary = await _responses.CompactAsync(new() { Model = request.Model, Input = request.Input }, cancellationToken).ConfigureAwait(false);
        return CompactionMapper.ToResponse(summary, ModelProfile.Get(request.Model!, _settings));
    }

    /// <inheritdoc/>
    long? IHistoryCompactor.LimitOf(string model) => ModelProfile.Get(model, _settings).Limit;

    /// <summary>Creates a client with settings that a registration has completed.</summary>
    internal static GrokChatClient From(GrokSettings settings, HttpClient httpClient) => new(settings, httpClient);

    private MappedRequest ToRequest(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var mapped = RequestMapper.ToRequest(this, messages, options, _settings, _instructions);
        foreach (var what in mapped.Dropped)
        {
            if (IsFirst(what))
            {
                Log.Dropped(_settings.Logger, what);
            }
        }

        if (mapped.HasUnstoredImages && IsFirst(nameof(mapped.HasUnstoredImages)))
        {
            Log.ImagesUnstored(_settings.Logger);
        }

        if (mapped.RepeatsAnswers && IsFirst(nameof(mapped.RepeatsAnswers)))
        {
            Log.AnswersRepeated(_settings.Logger);
        }

        return mapped;
    }

    /// <summary>Whether this is to be logged for the first time.</summary>
    private bool IsFirst(string what) => LazyInitializer.EnsureInitialized(ref _logged, static () => new(StringComparer.Ordinal)).TryAdd(what, true);

    private MappedRequest ToCachedRequest(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var mapped = ToRequest(messages, options);
        return mapped with { Request = _cache.Prepare(mapped.Request, CallTenant.Find(options), out var use), Cache = use };
    }

    private async Task<ChatResponse> CreateAsync(MappedRequest mapped, CancellationToken cancellationToken)
    {
        var response = ResponseMapper.ToResponse(await _responses.CreateAsync(mapped.Request, cancellationToken).ConfigureAwait(false), mapped.Request, _settings);
        Learn(response.ModelId, response.Usage, mapped);
        Remember(response.ConversationId, response.Messages[0].Contents, mapped);
        return response;
    }

    private IAsyncEnumerable<ChatResponseUpdate> Measured(MappedRequest mapped, CancellationToken cancellationToken) =>
        CallTelemetry.Measure(_settings, mapped.Request.Model, StreamAsync(mapped, cancellationToken));

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(MappedRequest mapped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mapper = new StreamMapper(mapped.Request, _settings);
        await foreach (var e in _responses.StreamDeltasAsync(mapped.Request, cancellationToken).ConfigureAwait(false))
        {
            if (mapper.ToUpdate(e) is { } update)
            {
                if (update.FinishReason is not null)
                {
                    Learn(update.ModelId, update.Contents.OfType<UsageContent>().LastOrDefault()?.Details, mapped);
                }

                Remember(update.ConversationId, update.Contents, mapped);
                yield return update;
            }
        }
    }

    /// <summary>Learns which model answered, and adds the cost of the answer where the service reports none and the options state prices.</summary>
    private void Learn(string? model, UsageDetails? usage, MappedRequest mapped)
    {
        _settings.Names.Learn(mapped.Request.Model, model);
        ComputedCost.Add(usage, mapped.Request.Model, model, _settings);
    }

    private static bool HasEncryptedReasoning(IList<AIContent> contents)
    {
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is TextReasoningContent { ProtectedData: not null })
            {
                return true;
            }
        }

        return false;
    }

    private void Remember(string? conversationId, IList<AIContent> contents, MappedRequest mapped)
    {
        if (mapped.Cache.History is { HasReasoning: false } history)
        {
            history.HasReasoning = HasEncryptedReasoning(contents);
        }

        if (conversationId is null)
        {
            return;
        }

        _cache.Remember(conversationId, mapped.Cache);
        if (mapped.InForce is { } inForce)
        {
            _instructions.Add(conversationId, inForce);
        }
    }
}
