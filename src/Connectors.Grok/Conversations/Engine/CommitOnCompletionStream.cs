using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// A stream that passes updates on as they come and collects them, so that the complete answer is committed before its last update leaves:
/// the one with the finish reason, or, without one, an update of its own at the end. With a function loop below, each answer of the loop has a finish reason; whether an answer
/// with calls is the last one shows by what follows. An update that has arrived passes without a state machine, because this runs once per token.
/// </summary>
/// <param name="open">Opens the stream for each enumeration and returns it on its first update.</param>
/// <param name="caller">The token of the call, beside the one of the enumeration.</param>
internal sealed class CommitOnCompletionStream(Func<CancellationToken, ValueTask<CommitOnCompletionStream.Opened>> open, CancellationToken caller) : IAsyncEnumerable<ChatResponseUpdate>
{
    public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(open, caller, cancellationToken);

    /// <summary>An open stream.</summary>
    /// <param name="Updates">The stream, on its first update.</param>
    /// <param name="Finish">Commits the complete answer before its last update leaves, and may change that update.</param>
    /// <param name="Lease">Disposed at the end; null for none.</param>
    /// <param name="Abandon">Keeps what came of an answer that did not complete, with the failure, or null when the caller stopped reading; must not throw. Null to keep nothing.</param>
    internal readonly record struct Opened(
        IAsyncEnumerator<ChatResponseUpdate> Updates, Func<ChatResponse, ChatResponseUpdate, ValueTask> Finish, IDisposable? Lease, Func<ChatResponse, Exception?, ValueTask>? Abandon = null);

    private sealed class Enumerator(Func<CancellationToken, ValueTask<Opened>> open, CancellationToken caller, CancellationToken enumeration) : IAsyncEnumerator<ChatResponseUpdate>
    {
        private readonly CancellationTokenSource? _both =
            caller.CanBeCanceled && enumeration.CanBeCanceled && caller != enumeration ? CancellationTokenSource.CreateLinkedTokenSource(caller, enumeration) : null;

        private readonly UpdateAccumulator _answer = new();
        private Opened? _opened;
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;
        private bool _isBegun;
        private bool _isFinished;
        private bool _isSettled;
        private volatile bool _isDisposed;

        // Updates that were read ahead; null for none, as nearly always; empty when nothing may follow, as after a failure.
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
                    try
                    {
                        await updates.DisposeAsync().ConfigureAwait(false);
                    }
                    finally
                    {
                        await AbandonAsync(null).ConfigureAwait(false);
                    }
                }
            }
            finally
            {
                _answer.Dispose();
                _opened?.Lease?.Dispose();
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
                // Disposed while it was opened: this is the only place that can release it.
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
            catch (Exception e)
            {
                _waiting = new();
                await AbandonAsync(e).ConfigureAwait(false);
                throw;
            }
        }

        /// <summary>Keeps what came, once, unless the answer is complete.</summary>
        private ValueTask AbandonAsync(Exception? failure)
        {
            var abandon = _isSettled ? null : _opened?.Abandon;
            _isSettled = true;
            return abandon?.Invoke(_answer.ToResponse(), failure) ?? default;
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

        /// <summary>The next update that was read ahead.</summary>
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
            // Some layers report no finish reason, and a function may end its loop without another answer: the end of the stream is the end.
            _isFinished ? new(false) : FinishAsync(new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]));

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

        /// <summary>Passes on an update that is not the last one, without the id that a layer below continues from, which is not the caller's.</summary>
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
            try
            {
                await _opened!.Value.Finish(_answer.ToResponse(), last).ConfigureAwait(false);
                _isSettled = true;
            }
            catch (Exception e)
            {
                await AbandonAsync(e).ConfigureAwait(false);
                throw;
            }

            Current = last;
            return true;
        }
    }

    /// <summary>Whether an update adds to an answer that has ended, rather than beginning what follows it in a function loop.</summary>
    private static bool IsAddition(ChatResponseUpdate update, ChatResponseUpdate end) =>
        update.FinishReason is null && (update.ResponseId ?? end.ResponseId) == end.ResponseId && !ConversationHistory.EndsWithResults(update.Contents);
}
