using System.Collections.Concurrent;
using Connectors.Grok;
using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>Asks the service what it still has.</summary>
internal static class ServerCheck
{
    private const int MostTurns = 100;

    /// <summary>The ids of the turns that the service should still have, but does not: of the newest ones, as each takes a request.</summary>
    public static async Task<IReadOnlySet<string>> FindGoneAsync(
        GrokResponsesClient responses, IEnumerable<ConversationTurn> turns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var gone = new ConcurrentBag<string>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var due = turns.Where(t => t is { IsStored: true, ResponseId: not null } && !(t.ExpiresAt <= now)).TakeLast(MostTurns);
        try
        {
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = enough.Token }, async (turn, token) =>
            {
                try
                {
                    await responses.GetAsync(turn.ResponseId!, token);
                }
                catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
                {
                    gone.Add(turn.Id);
                }
                catch (GrokException)
                {
                    // Whoever cannot be asked once need not be asked a hundred times: the dates have to do.
                    await enough.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not the user's stop, but the end of the asking.
        }

        return gone.ToHashSet(StringComparer.Ordinal);
    }
}
