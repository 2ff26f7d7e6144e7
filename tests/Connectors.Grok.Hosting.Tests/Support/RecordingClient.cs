using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Hosting.Tests.Support;

/// <summary>Records the metadata and usage that a telemetry layer reads.</summary>
internal sealed class RecordingClient(IChatClient inner, string name, List<string> notes) : DelegatingChatClient(inner)
{
    private readonly ChatClientMetadata _metadata = inner.GetService<ChatClientMetadata>()!;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Note($"{name} chat {options?.ModelId ?? _metadata.DefaultModelId} of {_metadata.ProviderName}");
        var response = await base.GetResponseAsync(messages, options, cancellationToken);
        Note($"{name} {response.FinishReason}: {response.ModelId}, {(response.Usage?.OutputTokenCount > 0 ? "tokens" : "no tokens")}");
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Note($"{name} chat {options?.ModelId ?? _metadata.DefaultModelId} of {_metadata.ProviderName}, streamed");
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
            yield return update;
        }

        var response = updates.ToChatResponse();
        Note($"{name} {response.FinishReason}: {response.ModelId}, {(response.Usage?.OutputTokenCount > 0 ? "tokens" : "no tokens")}");
    }

    private void Note(string text)
    {
        lock (notes)
        {
            notes.Add(text);
        }
    }
}

/// <summary>A minimal <c>UseFunctionInvocation</c> of Microsoft.Extensions.AI: invokes the requested functions and continues by id.</summary>
internal sealed class FunctionInvoker(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var callOptions = options?.Clone() ?? new ChatOptions();
        while (true)
        {
            var response = await base.GetResponseAsync(messages, callOptions, cancellationToken);
            var calls = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0)
            {
                return response;
            }

            var results = new List<AIContent>();
            foreach (var call in calls)
            {
                var function = callOptions.Tools!.OfType<AIFunction>().Single(f => f.Name == call.Name);
                results.Add(new FunctionResultContent(call.CallId, await function.InvokeAsync(new(call.Arguments), cancellationToken)));
            }

            messages = [new ChatMessage(ChatRole.Tool, results)];
            callOptions.ConversationId = response.ConversationId;
        }
    }
}
