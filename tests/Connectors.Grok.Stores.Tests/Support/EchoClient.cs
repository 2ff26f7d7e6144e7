using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>A chat client that repeats the last message, under a new response id.</summary>
internal sealed class EchoClient : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var id = Guid.NewGuid().ToString();
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, messages.Last().Text) { MessageId = id })
        {
            ResponseId = id,
            ConversationId = id,
            ModelId = "grok-4.7",
            FinishReason = ChatFinishReason.Stop,
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
