using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>What all answers of this session took, those on other branches and of deleted conversations included.</summary>
internal sealed class Spending
{
    public UsageDetails Usage { get; } = new();

    public int AnswerCount { get; private set; }

    /// <summary>How many answers came without a price.</summary>
    public int UnpricedCount { get; private set; }

    /// <summary>The price of the others; null when no answer had one.</summary>
    public decimal? CostInUsd => AnswerCount > 0 && UnpricedCount == AnswerCount ? null : Usage.GetCostInUsd() ?? 0;

    public void Add(UsageDetails? usage)
    {
        AnswerCount++;
        if (usage is not null)
        {
            Usage.Add(usage);
        }

        UnpricedCount += usage?.GetCostInUsd() is null ? 1 : 0;
    }
}
