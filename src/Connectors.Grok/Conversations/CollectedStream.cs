using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// A stream whose updates are handed on as they come, and collected, so that something can be done with the whole answer before its last
/// update leaves: the one that says why it ended. With a function loop below, each of its answers says so; that one asks for calls may be the
/// end or not, and shows by what follows. An update that is here already passes without a state machine: this runs once per token.
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
        private bool _isOver;
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

            if (_isOver)
            {
                return new(false);
            }

            // Until the next update is here: a stream that broke has no end.
            _isOver = true;
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
                return _isFinished ? new(false)
                    : _held is { } end ? FinishAsync(end)
                    // A function ended the loop: no answer to its result was asked for, and none says why it ended.
                    : _answer.EndsWithResults ? FinishAsync(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]))
                    : new(false);
            }

            _isOver = false;
            var update = _updates!.Current;
            if (_isFinished)
            {
                return Pass(update);
            }

            _answer.Add(update);
            if (_held is not { } held)
            {
                return Next(update);
            }

            if (update.FinishReason is null && (update.ResponseId ?? held.ResponseId) == held.ResponseId && update.Contents.All(static c => c is UsageContent))
            {
                // A layer's afterthought to the same answer.
                return Pass(update);
            }

            (_held, _next) = (null, update);
            return Pass(held);
        }

        private ValueTask<bool> Next(ChatResponseUpdate update)
        {
            if (update.FinishReason is null)
            {
                return Pass(update);
            }

            if (update.FinishReason != ChatFinishReason.ToolCalls)
            {
                return FinishAsync(update);
            }

            _held = update;
            return MoveNextAsync();
        }

        /// <summary>Hands on an update that is not the last one; without the id that a layer below goes on from, which is not the caller's.</summary>
        private ValueTask<bool> Pass(ChatResponseUpdate update)
        {
            Current = update;
            if (update.ConversationId is not null)
            {
                // A function loop below still reads its own.
                Current = update.Clone();
                Current.ConversationId = null;
            }

            return new(true);
        }

        private async ValueTask<bool> FinishAsync(ChatResponseUpdate update)
        {
            (_held, _isFinished) = (null, true);
            var last = update.Clone();
            last.AdditionalProperties = update.AdditionalProperties?.Clone();
            await _opened!.Value.Finish(_answer.ToResponse(), last).ConfigureAwait(false);
            Current = last;
            return true;
        }
    }
}
