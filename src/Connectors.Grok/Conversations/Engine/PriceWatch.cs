using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>Warns once per client when conversations have a budget and answers carry no cost.</summary>
internal sealed class PriceWatch
{
    private int _isSettled;

    /// <summary>Looks at an answer.</summary>
    public void See(ChatResponse answer, ConversationOptions settings)
    {
        if (settings.Budget is null || Volatile.Read(ref _isSettled) != 0 || answer.Usage is not { } usage)
        {
            return;
        }

        var hasPrice = usage.GetCostInUsd() is not null;
        if ((hasPrice || usage.InputTokenCount > 0 || usage.OutputTokenCount > 0) && Interlocked.Exchange(ref _isSettled, 1) == 0 && !hasPrice)
        {
            ConversationTelemetry.BudgetWithoutPrice(ConversationTelemetry.Logger(settings));
        }
    }
}
