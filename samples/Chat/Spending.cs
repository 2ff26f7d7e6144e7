using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>The tokens and cost of all answers of this session, including those of other branches and deleted conversations.</summary>
internal sealed class Spending
{
    public UsageDetails Usage { get; } = new();

    public int AnswerCount { get; private set; }

    /// <summary>The number of answers without a reported cost.</summary>
    public int UnpricedCount { get; private set; }

    /// <summary>The cost of the other answers; null when no answer reported a cost.</summary>
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
