using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A store that gives wrong answers of one kind for a while.</summary>
internal sealed class FaultyStoreScenario(WrongAnswer kind) : FaultScenario
{
    private readonly FaultyStore _store = new(kind);

    public override ConversationStore Open() => _store;

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        // As long as the readers need to ask each question of several conversations.
        _store.IsFaulty = true;
        await UntilAsync(ledger, TimeSpan.FromSeconds(30));
        _store.IsFaulty = false;
    }

    private static async Task UntilAsync(Ledger ledger, TimeSpan longest)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ledger.Suspicions == 0 && ledger.Refused == 0 && TimeProvider.System.GetElapsedTime(began) < longest;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
