using System.Runtime.ExceptionServices;
using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// Keeps conversations alive under the application's own ids: send the new message with <c>ChatOptions.ConversationId = "ticket-4711"</c>.
/// While the service has the conversation, only the new messages are sent; otherwise all of it is resent from the store.
/// </summary>
/// <remarks>
/// Answers return the same id. Without an id, a new conversation begins, and its answer returns a new id. A turn is kept when its
/// answer is complete; a failed or cancelled call leaves nothing, unless <see cref="ConversationOptions.KeepUnanswered"/> is set. Safe for concurrent use.
/// <para>
/// A call says by its messages what they are: new messages, the caller's whole history, or a view of its own (a window, a summary), which
/// the model then sees exactly. See <c>docs/conversations.md</c>.
/// </para>
/// </remarks>
public sealed class ConversationChatClient : DelegatingChatClient
{
    private readonly ConversationStore _store;
    private readonly ConversationOptions _options;
    private readonly ClientDefaults _defaults;
    private readonly TurnQueue? _queue;
    private readonly IHistoryCompactor? _compactor;
    private readonly PriceWatch _prices = new();
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
        _defaults = ClientDefaults.From(innerClient);
        _compactor = innerClient.GetService<IHistoryCompactor>();
        Conversations = new ConversationManager(store, _options, innerClient.GetService<GrokResponsesClient>(), _compactor);
    }

    private ClientDefaults Defaults => _defaults with { IsZeroRetention = _isZeroRetention };

    /// <summary>Lists, forks, rewinds, exports and deletes the conversations; <see cref="ConversationManager.ForTenant"/> those of a tenant.</summary>
    public ConversationManager Conversations { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A message is null, or is the result of a call that the conversation does not wait for; or the options hold a tenant that was not set with <see cref="GrokConversationExtensions.WithTenant"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is no tenant, or another one than <see cref="ConversationOptions.TenantResolver"/> returned; or the instructions changed and
    /// <see cref="ConversationOptions.ContinuationInstructions"/> is <see cref="ContinuationInstructions.Throw"/>.
    /// </exception>
    /// <exception cref="KeyNotFoundException">The turn of <see cref="GrokConversationExtensions.WithParentTurn"/> does not exist.</exception>
    /// <exception cref="GrokException">The service failed, or the conversation must be resent and its messages were not kept.</exception>
    /// <exception cref="ConversationBudgetException">The conversation has cost what it may.</exception>
    /// <exception cref="ConversationConflictException">Another turn was made in the meantime, and the options say to throw.</exception>
    /// <exception cref="ConversationStoreException">The store failed, or a turn is missing from it or cannot be read. When that was after the answer, the exception holds it.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = StreamStarter.Checked(messages);
        var settings = SettingsFor(options);
        var name = CallName.Decide(settings.Tenant, sent, options);
        using var turn = await EnterAsync(name.Id, cancellationToken).ConfigureAwait(false);
        var call = await ConversationRequest.OpenAsync(_store, settings, name, sent, options, Defaults, CompactorFor(settings), cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(call, settings, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await call.KeepUnansweredAsync(null, e).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Throws what <see cref="GetResponseAsync"/> throws: what is wrong with the messages or the tenant at once, the rest when it is enumerated.</remarks>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = StreamStarter.Checked(messages);
        var copy = options?.Clone();
        var settings = SettingsFor(copy);
        return new CommitOnCompletionStream(token => OpenAsync(settings, sent, copy, token), cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ConversationManager) ? Conversations : base.GetService(serviceType, serviceKey);

    private async Task<ChatResponse> SendAsync(ConversationRequest call, ConversationOptions settings, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var (history, sentOptions) = call.ToSend();
                var response = HistoryStamps.CopyOf(await base.GetResponseAsync(history, sentOptions, cancellationToken).ConfigureAwait(false));
                _prices.See(response, settings);
                return HistoryStamps.Mark(response, await call.CommitAsync(response, cancellationToken).ConfigureAwait(false));
            }
            catch (GrokException e)
            {
                await RebuildOrThrowAsync(call, e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The settings for the tenant of a call.</summary>
    private ConversationOptions SettingsFor(ChatOptions? options) => _options.For(TenantDecision.Decide(_options, CallTenant.NamedIn(options)));

    private Compactor? CompactorFor(ConversationOptions settings) => _compactor is null || settings.Compaction is null ? null : new(_store, settings, _compactor);

    private async ValueTask<CommitOnCompletionStream.Opened> OpenAsync(ConversationOptions settings, List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var name = CallName.Decide(settings.Tenant, messages, options);
        var turn = await EnterAsync(name.Id, cancellationToken).ConfigureAwait(false);
        ConversationRequest? opened = null;
        try
        {
            var call = opened = await ConversationRequest.OpenAsync(_store, settings, name, messages, options, Defaults, CompactorFor(settings), cancellationToken).ConfigureAwait(false);
            var updates = await StreamStarter.BeginAsync(() => Start(call), e => RebuildOrThrowAsync(call, e, cancellationToken)).ConfigureAwait(false);
            return new(updates, (answer, last) =>
            {
                _prices.See(answer, settings);
                return FinishAsync(call, answer, last);
            }, turn, call.KeepsUnanswered ? call.KeepUnansweredAsync : null);
        }
        catch (Exception e)
        {
            if (opened is not null)
            {
                await opened.KeepUnansweredAsync(null, e).ConfigureAwait(false);
            }

            turn?.Dispose();
            throw;
        }

        IAsyncEnumerator<ChatResponseUpdate> Start(ConversationRequest call)
        {
            var (sent, sentOptions) = call.ToSend();
            return base.GetStreamingResponseAsync(sent, sentOptions, cancellationToken).GetAsyncEnumerator(cancellationToken);
        }

        async ValueTask FinishAsync(ConversationRequest call, ChatResponse answer, ChatResponseUpdate last)
        {
            // The last update tells the id: the turn must be kept before anybody can continue from it.
            var kept = await call.CommitAsync(answer, cancellationToken).ConfigureAwait(false);
            last.ConversationId = kept.Conversation;
            last.AdditionalProperties = HistoryStamps.Mark(last.AdditionalProperties, kept);
        }
    }

    private async ValueTask<IDisposable?> EnterAsync(ConversationId id, CancellationToken cancellationToken) =>
        _queue is not { } queue ? null : await queue.EnterAsync(id, cancellationToken).ConfigureAwait(false);

    private async ValueTask RebuildOrThrowAsync(ConversationRequest call, GrokException failure, CancellationToken cancellationToken)
    {
        if (!await call.TryRebuildAsync(failure, cancellationToken).ConfigureAwait(false))
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        _isZeroRetention |= call.IsZeroRetention;
    }
}
