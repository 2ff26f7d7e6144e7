using System.Runtime.ExceptionServices;
using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// Conversations under an application's own ids that do not die: send the new message with <c>ChatOptions.ConversationId = "ticket-4711"</c>.
/// While the service has the conversation, only what is new goes out; when it does not (any more), the whole of it is sent from the store.
/// </summary>
/// <remarks>
/// Answers carry the same id back. Without an id a new conversation is begun, and its answer carries a new one. A turn is kept when its
/// answer is whole; a failed or cancelled one leaves nothing. Safe for concurrent use.
/// </remarks>
public sealed class ConversationChatClient : DelegatingChatClient
{
    private readonly ConversationStore _store;
    private readonly ConversationOptions _options;
    private readonly ClientDefaults _facts;
    private readonly TurnQueue? _queue;
    private volatile bool _isZeroRetention;

    /// <summary>Conversations over a chat client.</summary>
    /// <param name="innerClient">A <see cref="GrokChatClient"/>, or a pipeline that ends in one. Disposed with this client.</param>
    /// <param name="store">Keeps the conversations. Stays the caller's own to dispose.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The client or the store is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range; <c>ParamName</c> is its name.</exception>
    public ConversationChatClient(IChatClient innerClient, ConversationStore store, ConversationOptions? options = null)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _options = (options ?? new ConversationOptions()).Checked().Copy();
        _queue = _options.QueueTurns ? new TurnQueue() : null;
        _facts = ClientDefaults.Of(innerClient);
        Conversations = new ConversationManager(store, _options, innerClient.GetService<GrokResponsesClient>());
    }

    private ClientDefaults Facts => _facts with { IsZeroRetention = _isZeroRetention };

    /// <summary>Lists, forks, rewinds, exports and deletes the conversations; <see cref="ConversationManager.ForTenant"/> those of a tenant.</summary>
    public ConversationManager Conversations { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A message is null, or is the result of a call that the conversation does not wait for; or the options hold a tenant that was not set with <see cref="GrokConversationExtensions.WithTenant"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no tenant, or another one than <see cref="ConversationOptions.TenantResolver"/> returned.</exception>
    /// <exception cref="ConversationBudgetException">The conversation has cost what it may.</exception>
    /// <exception cref="ConversationConflictException">Another turn was made in the meantime, and the options say to throw.</exception>
    /// <exception cref="ConversationStoreException">The store failed. When that was after the answer, the exception holds it.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = StreamStarter.Checked(messages);
        var settings = SettingsFor(options);
        var id = ConversationCall.Name(settings, sent, options);
        using var place = await EnterAsync(id, cancellationToken).ConfigureAwait(false);
        var call = await ConversationCall.OpenAsync(_store, settings, id, sent, options, Facts, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                var (history, with) = call.ToSend();
                var response = await base.GetResponseAsync(history, with, cancellationToken).ConfigureAwait(false);
                var stamps = await call.CommitAsync(response, cancellationToken).ConfigureAwait(false);
                response.ConversationId = stamps.Conversation;
                foreach (var message in response.Messages)
                {
                    message.AdditionalProperties = stamps.On(message.AdditionalProperties);
                }

                return response;
            }
            catch (GrokException e)
            {
                await RebuildOrThrowAsync(call, e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Throws what <see cref="GetResponseAsync"/> throws: what is wrong with the messages or the tenant at once, the rest when it is enumerated.</remarks>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = StreamStarter.Checked(messages);
        var with = options?.Clone();
        var settings = SettingsFor(with);
        return new CommitOnCompletionStream(token => OpenAsync(settings, sent, with, token), cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ConversationManager) ? Conversations : base.GetService(serviceType, serviceKey);

    /// <summary>The settings for the tenant of a call.</summary>
    private ConversationOptions SettingsFor(ChatOptions? options) => _options.For(CallTenant.Decide(_options, CallTenant.NamedIn(options)));

    private async ValueTask<CommitOnCompletionStream.Opened> OpenAsync(ConversationOptions settings, List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var id = ConversationCall.Name(settings, messages, options);
        var place = await EnterAsync(id, cancellationToken).ConfigureAwait(false);
        try
        {
            var call = await ConversationCall.OpenAsync(_store, settings, id, messages, options, Facts, cancellationToken).ConfigureAwait(false);
            var updates = await StreamStarter.BeginAsync(() => Start(call), e => RebuildOrThrowAsync(call, e, cancellationToken)).ConfigureAwait(false);
            return new(updates, (answer, last) => FinishAsync(call, answer, last), place);
        }
        catch
        {
            place?.Dispose();
            throw;
        }

        IAsyncEnumerator<ChatResponseUpdate> Start(ConversationCall call)
        {
            var (sent, with) = call.ToSend();
            return base.GetStreamingResponseAsync(sent, with, cancellationToken).GetAsyncEnumerator(cancellationToken);
        }

        async ValueTask FinishAsync(ConversationCall call, ChatResponse answer, ChatResponseUpdate last)
        {
            // The last update tells the id: the turn must be kept before anybody can go on from it.
            var stamps = await call.CommitAsync(answer, cancellationToken).ConfigureAwait(false);
            last.ConversationId = stamps.Conversation;
            last.AdditionalProperties = stamps.On(last.AdditionalProperties);
        }
    }

    private async ValueTask<IDisposable?> EnterAsync(ConversationId id, CancellationToken cancellationToken) =>
        _queue is not { } queue ? null : await queue.EnterAsync(id, cancellationToken).ConfigureAwait(false);

    private async ValueTask RebuildOrThrowAsync(ConversationCall call, GrokException failure, CancellationToken cancellationToken)
    {
        if (!await call.TryRebuildAsync(failure, cancellationToken).ConfigureAwait(false))
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        _isZeroRetention |= call.IsZeroRetention;
    }
}
