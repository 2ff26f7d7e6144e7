using System.Collections.Concurrent;
using Connectors.Grok;
using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>Checks which responses the server still stores.</summary>
internal static class ServerCheck
{
    private const int MaxTurns = 100;

    /// <summary>Returns the ids of unexpired turns whose responses the server no longer stores. Checks only the newest turns, because each check is a request.</summary>
    public static async Task<IReadOnlySet<string>> FindMissingAsync(
        GrokResponsesClient responses, IEnumerable<ConversationTurn> turns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var missing = new ConcurrentBag<string>();
        using var stopChecking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = turns.Where(t => t is { IsStored: true, ResponseId: not null } && !(t.ExpiresAt <= now)).TakeLast(MaxTurns);
        try
        {
            await Parallel.ForEachAsync(stored, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = stopChecking.Token }, async (turn, token) =>
            {
                try
                {
                    await responses.GetAsync(turn.ResponseId!, token);
                }
                catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
                {
                    missing.Add(turn.Id);
                }
                catch (GrokException)
                {
                    // The server does not answer; stop checking and rely on the expiry times.
                    await stopChecking.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Checking stopped because of a failure, not because the user cancelled.
        }

        return missing.ToHashSet(StringComparer.Ordinal);
    }
}
