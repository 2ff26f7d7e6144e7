using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>Runs every function that an answer calls, as a host's function invocation does: by id where the answer has one, with the whole history where it has none.</summary>
internal sealed class FunctionLoop(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <summary>Lets a function loop run nowhere, above the client under test, or below it.</summary>
    public static IChatClient Place(IChatClient service, int seed, Func<IChatClient, IChatClient> tested) => (seed % 3) switch
    {
        0 => tested(service),
        1 => new FunctionLoop(tested(service)),
        _ => tested(new FunctionLoop(service)),
    };

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (history, sent, output) = (messages.ToList(), options?.Clone() ?? new ChatOptions(), new List<ChatMessage>());
        while (true)
        {
            var response = await base.GetResponseAsync(history, sent, cancellationToken).ConfigureAwait(false);
            output.AddRange(response.Messages);
            if (ResultsOf(response) is not { } results)
            {
                response.Messages = output;
                return response;
            }

            output.Add(results);
            history = Next(history, response, results, sent);
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (history, sent) = (messages.ToList(), options?.Clone() ?? new ChatOptions());
        while (true)
        {
            var updates = new List<ChatResponseUpdate>();
            await foreach (var update in base.GetStreamingResponseAsync(history, sent, cancellationToken).ConfigureAwait(false))
            {
                updates.Add(update.Clone());
                yield return update;
            }

            var response = updates.ToChatResponse();
            if (ResultsOf(response) is not { } results)
            {
                yield break;
            }

            yield return new(ChatRole.Tool, results.Contents) { ResponseId = response.ResponseId, MessageId = $"results of {response.ResponseId}" };
            history = Next(history, response, results, sent);
        }
    }

    private static ChatMessage? ResultsOf(ChatResponse response)
    {
        var calls = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToList();
        return calls.Count == 0 ? null : new(ChatRole.Tool, [.. calls.Select(static c => new FunctionResultContent(c.CallId, $"result of {c.CallId}"))]);
    }

    private static List<ChatMessage> Next(List<ChatMessage> history, ChatResponse response, ChatMessage results, ChatOptions options)
    {
        options.ConversationId = response.ConversationId;
        return response.ConversationId is null ? [.. history, .. response.Messages, results] : [results];
    }
}
