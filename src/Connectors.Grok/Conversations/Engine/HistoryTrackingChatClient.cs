using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>State for hosts that pass the whole history: see <see cref="GrokHistoryTrackingExtensions.AsHistoryTrackingClient"/>.</summary>
internal sealed class HistoryTrackingChatClient(IChatClient innerClient, HistoryTrackingOptions settings) : DelegatingChatClient(innerClient)
{
    private readonly AnswerMemory _memory = new(settings.RememberedAnswers);
    private readonly ClientDefaults _defaults = ClientDefaults.From(innerClient);
    private readonly bool _isInnersOwn = innerClient.GetService<ConversationManager>() is not null;
    private volatile bool _isZeroRetention;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = Open(messages, options);
        while (true)
        {
            try
            {
                var (sent, sentOptions) = call.ToSend();
                var response = HistoryStamps.CopyOf(await base.GetResponseAsync(sent, sentOptions, cancellationToken).ConfigureAwait(false));
                var stamps = call.Stamps(response);
                response.ConversationId = null;
                foreach (var message in response.Messages)
                {
                    message.AdditionalProperties = Joined(stamps, message.AdditionalProperties);
                }

                Mark(response.Messages.SelectMany(static m => m.Contents), response.Messages.Count == 0 ? stamps : response.Messages[^1].AdditionalProperties);
                return response;
            }
            catch (GrokException e)
            {
                await RebuildOrThrowAsync(call, e).ConfigureAwait(false);
            }
        }
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        // A copy: the caller may change its options before the stream is read.
        StreamAsync(Open(messages, options?.Clone()), cancellationToken);

    /// <summary>The first content that a host keeps carries the stamps as well.</summary>
    private static void Mark(IEnumerable<AIContent> contents, AdditionalPropertiesDictionary? stamps)
    {
        if (contents.FirstOrDefault(static c => c is not (TextReasoningContent or UsageContent)) is { } first)
        {
            first.AdditionalProperties = TrackedHistory.Copy(stamps, first.AdditionalProperties);
        }
    }

    private static AdditionalPropertiesDictionary Joined(AdditionalPropertiesDictionary stamps, AdditionalPropertiesDictionary? properties)
    {
        var all = properties ?? [];
        foreach (var (key, value) in stamps)
        {
            all[key] = value;
        }

        return all;
    }

    private HistoryTrackingRequest Open(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        new(settings, _memory, StreamStarter.Checked(messages), options, _defaults with { IsZeroRetention = _isZeroRetention }, _isInnersOwn);

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(HistoryTrackingRequest call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A function call must not run before its answer is complete; by then the stamps are known that it must carry.
        var held = new List<ChatResponseUpdate>();
        var isWhole = false;
        await foreach (var update in new CommitOnCompletionStream(OpenAsync, cancellationToken).ConfigureAwait(false))
        {
            if (!isWhole && update.FinishReason is null && (held.Count > 0 || update.Contents.Any(static c => c is FunctionCallContent)))
            {
                held.Add(update);
                continue;
            }

            foreach (var earlier in held)
            {
                yield return earlier;
            }

            held.Clear();
            yield return update;
        }

        async ValueTask<CommitOnCompletionStream.Opened> OpenAsync(CancellationToken token) =>
            new(await StreamStarter.BeginAsync(() => Start(token), e => RebuildOrThrowAsync(call, e)).ConfigureAwait(false), Finish, null);

        ValueTask Finish(ChatResponse answer, ChatResponseUpdate last)
        {
            isWhole = true;
            last.ConversationId = null;
            last.AdditionalProperties = Joined(call.Stamps(answer), last.AdditionalProperties);
            Mark(held.SelectMany(static u => u.Contents).Concat(last.Contents).OfType<FunctionCallContent>(), last.AdditionalProperties);
            return default;
        }

        IAsyncEnumerator<ChatResponseUpdate> Start(CancellationToken token)
        {
            var (sent, sentOptions) = call.ToSend();
            return base.GetStreamingResponseAsync(sent, sentOptions, token).GetAsyncEnumerator(token);
        }
    }

    private ValueTask RebuildOrThrowAsync(HistoryTrackingRequest call, GrokException failure)
    {
        if (!call.TryRebuild(failure))
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        _isZeroRetention |= call.IsZeroRetention;
        return default;
    }
}
