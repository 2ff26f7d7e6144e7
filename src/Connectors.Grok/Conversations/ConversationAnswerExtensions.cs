using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>Facts of an answer that a conversation client adds. Where an answer took several requests, as in a function loop, the last one that has the fact counts.</summary>
public static class ConversationAnswerExtensions
{
    /// <summary>The key of the turn's id in <see cref="Exception.Data"/>.</summary>
    internal const string UnansweredTurn = "grok.unanswered_turn";

    /// <summary>Gets why the whole conversation was resent for an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The reason; null when only the new messages were sent.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static RebuildReason? GetRebuildReason(this ChatResponse response) => Reason(response.LastText(GrokKeys.Answer.Rebuilt));

    /// <inheritdoc cref="GetRebuildReason(ChatResponse)"/>
    public static RebuildReason? GetRebuildReason(this ChatMessage response) => Reason(response.PropertiesOf().GetText(GrokKeys.Answer.Rebuilt));

    /// <inheritdoc cref="GetRebuildReason(ChatResponse)"/>
    public static RebuildReason? GetRebuildReason(this ChatResponseUpdate response) => Reason(response.PropertiesOf().GetText(GrokKeys.Answer.Rebuilt));

    /// <summary>Gets the id of the turn that an answer was kept as.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The id; null when no conversation client made the answer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static string? GetTurnId(this ChatResponse response) => response.LastText(GrokKeys.Answer.Turn);

    /// <inheritdoc cref="GetTurnId(ChatResponse)"/>
    public static string? GetTurnId(this ChatMessage response) => response.PropertiesOf().GetText(GrokKeys.Answer.Turn);

    /// <inheritdoc cref="GetTurnId(ChatResponse)"/>
    public static string? GetTurnId(this ChatResponseUpdate response) => response.PropertiesOf().GetText(GrokKeys.Answer.Turn);

    /// <summary>Gets the id of the turn that keeps the question of a call that was cancelled or failed (<see cref="ConversationOptions.KeepUnanswered"/>).</summary>
    /// <param name="exception">The exception of the call.</param>
    /// <returns>The id; null when the question was not kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is null.</exception>
    public static string? GetUnansweredTurnId(this Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Data[UnansweredTurn] as string;
    }

    private static RebuildReason? Reason(string? text) => Enum.TryParse<RebuildReason>(text, out var reason) ? reason : null;
}
