using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// A stream whose updates are handed on as they come, and collected, so that something can be done with the whole answer before its last
/// update leaves: the one that says why it ended. With a function loop below, each of its answers says so; that one asks for calls may be the
/// end or not, and shows by what follows. An update that is here already passes without a state machine: this runs once per token.
/// </summary>
/// <param name="open">Opens the stream, anew for each enumeration; gives it standing on its first update.</param>
/// <param name="caller">The token of the call, beside the one of the enumeration.</param>
internal sealed class CommitOnCompletionStream(Func<CancellationToken, ValueTask<CommitOnCompletionStream.Opened>> open, CancellationToken caller) : IAsyncEnumerable<ChatResponseUpdate>
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

        private readonly UpdateAccumulator _answer = new();
        private Opened? _opened;
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;
        private bool _isBegun;
        private bool _isFinished;
        private volatile bool _isDisposed;

        // What was read already; null for nothing, as nearly always, and empty where nothing follows: one that broke has no end, whatever else it says.
        private Queue<ChatResponseUpdate>? _waiting;

        public ChatResponseUpdate Current { get; private set; } = null!;

        public ValueTask<bool> MoveNextAsync()
        {
            if (_updates is null)
            {
                return _isBegun || _isDisposed ? new(false) : OpenAsync();
            }

            if (_waiting is not null)
            {
                return Next(_waiting);
            }

            var moved = _updates.MoveNextAsync();
            return moved.IsCompletedSuccessfully ? Next(moved.Result) : AwaitAsync(moved);
        }

        public async ValueTask DisposeAsync()
        {
            _isDisposed = true;
            try
            {
                if (_updates is { } updates)
                {
                    _updates = null;
                    await updates.DisposeAsync().ConfigureAwait(false);
                }
            }
            finally
            {
                _answer.Dispose();
                _opened?.Place?.Dispose();
                _both?.Dispose();
            }
        }

        private async ValueTask<bool> OpenAsync()
        {
            _isBegun = true;
            _opened = await open(_both?.Token ?? (enumeration.CanBeCanceled ? enumeration : caller)).ConfigureAwait(false);
            _updates = _opened.Value.Updates;
            if (_isDisposed)
            {
                // Disposed while it was opened: nobody else will release it.
                await DisposeAsync().ConfigureAwait(false);
                return false;
            }

            return await Next(true).ConfigureAwait(false);
        }

        private async ValueTask<bool> AwaitAsync(ValueTask<bool> moved) => await Next(await MovedAsync(moved).ConfigureAwait(false)).ConfigureAwait(false);

        private async ValueTask<bool> MovedAsync(ValueTask<bool> moved)
        {
            try
            {
                return await moved.ConfigureAwait(false);
            }
            catch
            {
                _waiting = new();
                throw;
            }
        }

        private ValueTask<bool> Next(bool isThere)
        {
            if (!isThere)
            {
                return End();
            }

            Current = _updates!.Current;
            _answer.Add(Current);
            return Current.FinishReason is null && Current.ConversationId is null ? new(true) : Sort(Current);
        }

        /// <summary>The next of those that were read already.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private ValueTask<bool> Next(Queue<ChatResponseUpdate> waiting)
        {
            if (!waiting.TryDequeue(out var next))
            {
                return new(false);
            }

            _waiting = waiting.Count > 0 ? waiting : null;
            return Sort(next);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private ValueTask<bool> End() =>
            // A function may end its loop: no answer to its result was asked for, and none says why it ended.
            _isFinished || !_answer.EndsWithResults ? new(false) : FinishAsync(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]));

        /// <summary>Tells the last update from others.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private ValueTask<bool> Sort(ChatResponseUpdate update)
        {
            if (update.FinishReason is not { } reason || _isFinished)
            {
                return new(Pass(update));
            }

            return reason == ChatFinishReason.ToolCalls || _answer.HasOpenCalls ? LookAheadAsync(update) : FinishAsync(update);
        }

        /// <summary>Hands on an update that is not the last one; without the id that a layer below goes on from, which is not the caller's.</summary>
        private bool Pass(ChatResponseUpdate update)
        {
            Current = update;
            if (update.ConversationId is not null)
            {
                // A copy: a function loop below still reads its own.
                Current = update.Clone();
                Current.ConversationId = null;
            }

            return true;
        }

        /// <summary>
        /// An answer that asks for calls, also one that was cut after them, is the last one, unless another follows it. What follows may also
        /// be a layer's addition to it.
        /// </summary>
        private async ValueTask<bool> LookAheadAsync(ChatResponseUpdate end)
        {
            var after = new Queue<ChatResponseUpdate>();
            while (await MovedAsync(_updates!.MoveNextAsync()).ConfigureAwait(false))
            {
                var update = _updates.Current;
                _answer.Add(update);
                after.Enqueue(update);
                if (!IsAddition(update, end))
                {
                    _waiting = after;
                    return Pass(end);
                }
            }

            _waiting = after;
            return await FinishAsync(end).ConfigureAwait(false);
        }

        private async ValueTask<bool> FinishAsync(ChatResponseUpdate update)
        {
            _isFinished = true;
            var last = update.Clone();
            last.AdditionalProperties = update.AdditionalProperties?.Clone();
            await _opened!.Value.Finish(_answer.ToResponse(), last).ConfigureAwait(false);
            Current = last;
            return true;
        }
    }

    /// <summary>Whether an update adds to an answer that has ended, rather than beginning what follows it in a function loop.</summary>
    private static bool IsAddition(ChatResponseUpdate update, ChatResponseUpdate end) =>
        update.FinishReason is null && (update.ResponseId ?? end.ResponseId) == end.ResponseId && !ConversationHistory.EndsWithResults(update.Contents);
}
