using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// A stream whose updates are handed on as they come, and collected, so that something can be done with the whole answer before its last
/// update leaves: the one that says why it ended, if no other follows; with a function loop below, each of its answers says so. An update
/// that is here already passes without a state machine: this runs once per token.
/// </summary>
/// <param name="open">Opens the stream, anew for each enumeration; gives it standing on its first update.</param>
/// <param name="caller">The token of the call, beside the one of the enumeration.</param>
internal sealed class CollectedStream(Func<CancellationToken, ValueTask<CollectedStream.Opened>> open, CancellationToken caller) : IAsyncEnumerable<ChatResponseUpdate>
{
    public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(open, caller, cancellationToken);

    /// <summary>A stream under way.</summary>
    /// <param name="Updates">It, standing on its first update.</param>
    /// <param name="Finish">What is done with the whole answer, and its last update, before that leaves. The update is nobody else's.</param>
    /// <param name="Place">Given back at the end; null for none.</param>
    internal readonly record struct Opened(IAsyncEnumerator<ChatResponseUpdate> Updates, Func<ChatResponse, ChatResponseUpdate, ValueTask> Finish, IDisposable? Place);

    private sealed class Enumerator(Func<CancellationToken, ValueTask<Opened>> open, CancellationToken caller, CancellationToken enumeration) : IAsyncEnumerator<ChatResponseUpdate>
    {
        private readonly CancellationTokenSource? _both =
            caller.CanBeCanceled && enumeration.CanBeCanceled && caller != enumeration ? CancellationTokenSource.CreateLinkedTokenSource(caller, enumeration) : null;

        private readonly AnswerCollector _answer = new();
        private Opened? _opened;
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;
        private ChatResponseUpdate? _held;
        private ChatResponseUpdate? _next;
        private bool _isFinished;

        public ChatResponseUpdate Current { get; private set; } = null!;

        public ValueTask<bool> MoveNextAsync()
        {
            if (_updates is null)
            {
                return _opened is null ? OpenAsync() : new(false);
            }

            if (_next is { } next)
            {
                _next = null;
                return Next(next);
            }

            if (_isFinished)
            {
                return new(false);
            }

            var moved = _updates.MoveNextAsync();
            return moved.IsCompletedSuccessfully ? Next(moved.Result) : AwaitAsync(moved);
        }

        public async ValueTask DisposeAsync()
        {
            if (_updates is { } updates)
            {
                _updates = null;
                await updates.DisposeAsync().ConfigureAwait(false);
            }

            _answer.Dispose();
            _opened?.Place?.Dispose();
            _both?.Dispose();
        }

        private async ValueTask<bool> OpenAsync()
        {
            _opened = await open(_both?.Token ?? (enumeration.CanBeCanceled ? enumeration : caller)).ConfigureAwait(false);
            _updates = _opened.Value.Updates;
            return await Next(true).ConfigureAwait(false);
        }

        private async ValueTask<bool> AwaitAsync(ValueTask<bool> next) => await Next(await next.ConfigureAwait(false)).ConfigureAwait(false);

        private ValueTask<bool> Next(bool isThere)
        {
            if (!isThere)
            {
                return FinishAsync();
            }

            var update = _updates!.Current;
            _answer.Add(update);
            if (_held is { } held)
            {
                // It was not the last one.
                (_held, _next) = (null, update);
                Current = WithoutId(held);
                return new(true);
            }

            return Next(update);
        }

        private ValueTask<bool> Next(ChatResponseUpdate update)
        {
            if (update.FinishReason is null)
            {
                Current = WithoutId(update);
                return new(true);
            }

            _held = update;
            return MoveNextAsync();
        }

        private async ValueTask<bool> FinishAsync()
        {
            _isFinished = true;
            var answer = _answer.ToResponse();
            // Where a layer took away why it ended, an update of its own says what there is to say.
            var last = _held?.Clone() ?? new ChatResponseUpdate { Role = ChatRole.Assistant, ResponseId = answer.ResponseId, MessageId = answer.Messages.LastOrDefault()?.MessageId };
            last.AdditionalProperties = last.AdditionalProperties?.Clone();
            await _opened!.Value.Finish(answer, last).ConfigureAwait(false);
            Current = last;
            return true;
        }
    }

    /// <summary>The update, or one that does not say where a layer below goes on from: that is not the caller's id.</summary>
    /// <remarks>A copy then, as a function loop below still reads it.</remarks>
    private static ChatResponseUpdate WithoutId(ChatResponseUpdate update)
    {
        if (update.ConversationId is null)
        {
            return update;
        }

        var copy = update.Clone();
        copy.ConversationId = null;
        return copy;
    }
}
