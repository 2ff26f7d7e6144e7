using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>
/// A stream whose updates are handed on as they come, and collected, so that something can be done with the whole answer before its last
/// update leaves. An update that is here already passes without a state machine: this runs once per token.
/// </summary>
/// <param name="open">Opens the stream, anew for each enumeration; gives it standing on its first update.</param>
/// <param name="caller">The token of the call, beside the one of the enumeration.</param>
internal sealed class CollectedStream(Func<CancellationToken, ValueTask<CollectedStream.Opened>> open, CancellationToken caller) : IAsyncEnumerable<ChatResponseUpdate>
{
    public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(open, caller, cancellationToken);

    /// <summary>A stream under way.</summary>
    /// <param name="Updates">It, standing on its first update.</param>
    /// <param name="Finish">What is done with the whole answer, and its last update, before that leaves.</param>
    /// <param name="Place">Given back at the end; null for none.</param>
    internal readonly record struct Opened(IAsyncEnumerator<ChatResponseUpdate> Updates, Func<ChatResponse, ChatResponseUpdate, ValueTask> Finish, IDisposable? Place);

    private sealed class Enumerator(Func<CancellationToken, ValueTask<Opened>> open, CancellationToken caller, CancellationToken enumeration) : IAsyncEnumerator<ChatResponseUpdate>
    {
        private readonly CancellationTokenSource? _both =
            caller.CanBeCanceled && enumeration.CanBeCanceled && caller != enumeration ? CancellationTokenSource.CreateLinkedTokenSource(caller, enumeration) : null;

        private readonly AnswerCollector _answer = new();
        private Opened? _opened;
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;

        public ChatResponseUpdate Current { get; private set; } = null!;

        public ValueTask<bool> MoveNextAsync()
        {
            if (_updates is null)
            {
                return _opened is null ? OpenAsync() : new(false);
            }

            var next = _updates.MoveNextAsync();
            return next.IsCompletedSuccessfully ? Next(next.Result) : AwaitAsync(next);
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
                return new(false);
            }

            Current = _updates!.Current;
            _answer.Add(Current);
            return Current.FinishReason is null ? new(true) : FinishAsync();
        }

        private async ValueTask<bool> FinishAsync()
        {
            await _opened!.Value.Finish(_answer.ToResponse(), Current).ConfigureAwait(false);
            return true;
        }
    }
}
