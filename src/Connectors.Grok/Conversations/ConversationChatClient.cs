using System.Runtime.CompilerServices;
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
    private readonly IConversationStore _store;
    private readonly ConversationOptions _options;
    private readonly string? _model;

    /// <summary>Conversations over a chat client.</summary>
    /// <param name="innerClient">A <see cref="GrokChatClient"/>, or a pipeline that ends in one.</param>
    /// <param name="store">Keeps the conversations.</param>
    /// <param name="options">The options; null for the defaults.</param>
    public ConversationChatClient(IChatClient innerClient, IConversationStore store, ConversationOptions? options = null)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _options = options ?? new ConversationOptions();
        _model = innerClient.GetService<ChatClientMetadata>()?.DefaultModelId;
        Conversations = new ConversationManager(store, _options, innerClient.GetService<GrokResponsesClient>());
    }

    /// <summary>Lists, forks, rewinds and deletes the conversations.</summary>
    public ConversationManager Conversations { get; }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var call = await ConversationCall.OpenAsync(_store, _options, messages, options, _model, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                var (sent, with) = call.ToSend();
                var response = await base.GetResponseAsync(sent, with, cancellationToken).ConfigureAwait(false);
                response.Messages[^1].AdditionalProperties = call.Mark(response.Messages[^1].AdditionalProperties);
                response.ConversationId = await call.CommitAsync(response, cancellationToken).ConfigureAwait(false);
                return response;
            }
            catch (GrokException e)
            {
                if (!await call.TryRebuildAsync(e, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ConversationManager) ? Conversations : base.GetService(serviceType, serviceKey);

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = await ConversationCall.OpenAsync(_store, _options, messages, options, _model, cancellationToken).ConfigureAwait(false);
        var stream = await BeginAsync(call, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var updates = new List<ChatResponseUpdate>();
            do
            {
                var update = stream.Current;
                updates.Add(update);
                if (update.FinishReason is not null)
                {
                    update.AdditionalProperties = call.Mark(update.AdditionalProperties);
                    // The last update tells the id: the turn must be kept before anybody can go on from it.
                    update.ConversationId = await call.CommitAsync(updates.ToChatResponse(), cancellationToken).ConfigureAwait(false);
                }

                yield return update;
            }
            while (await stream.MoveNextAsync().ConfigureAwait(false));
        }
    }

    /// <summary>A stream that stands on its first update. Before it nobody has seen anything, and the attempt can be made anew.</summary>
    private async Task<IAsyncEnumerator<ChatResponseUpdate>> BeginAsync(ConversationCall call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (sent, with) = call.ToSend();
            var stream = base.GetStreamingResponseAsync(sent, with, cancellationToken).GetAsyncEnumerator(cancellationToken);
            var isKept = false;
            try
            {
                isKept = await stream.MoveNextAsync().ConfigureAwait(false);
                return isKept ? stream : throw new GrokException(GrokErrorKind.StreamBroken, "The stream held nothing.");
            }
            catch (GrokException e)
            {
                if (!await call.TryRebuildAsync(e, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
            finally
            {
                if (!isKept)
                {
                    await stream.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
