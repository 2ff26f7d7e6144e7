using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// Decides when everything is sent instead of an id: beforehand, by what is known of the answer that a call continues, and after a
/// failure that a resend can mend. Each reason counts once, so that a call ends.
/// </summary>
/// <param name="answer">The answer that the call continues; null when it begins from nothing.</param>
/// <param name="defaults">The defaults of the client below.</param>
internal sealed class RebuildPlan(ContinuedAnswer? answer, ClientDefaults defaults)
{
    /// <summary>Why everything is sent; null while the answer's id is.</summary>
    public RebuildReason? Reason { get; private set; }

    /// <summary>Whether the service turned out to keep nothing for the caller.</summary>
    public bool IsZeroRetention { get; private set; } = defaults.IsZeroRetention;

    /// <summary>Whether reasoning is left out, because the service could not decrypt it.</summary>
    public bool DropsReasoning { get; private set; }

    /// <summary>Whether the turns themselves are sent, because the service could not decrypt the summary of them.</summary>
    public bool DropsSummary { get; private set; }

    /// <summary>The failure that made the call send everything; null for none.</summary>
    public GrokException? FirstFailure { get; private set; }

    /// <summary>Decides before the first attempt.</summary>
    /// <param name="input">The new messages.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="now">The time.</param>
    /// <returns>The reason; null to continue by id.</returns>
    public RebuildReason? Before(IEnumerable<ChatMessage> input, ChatOptions? options, DateTimeOffset now) => Reason = answer switch
    {
        null => null,
        { IsCompaction: true } => RebuildReason.Compacted,
        { IsUnanswered: true } => RebuildReason.Unanswered,
        { ResponseId: null } => RebuildReason.NotStored,
        // A turn that must not be stored cannot continue a stored one: xAI's API rejects the combination.
        _ when (defaults with { IsZeroRetention = IsZeroRetention }).StoresNothing(options) => RebuildReason.NotStored,
        { ExpiresAt: { } expiry } when expiry <= now => RebuildReason.Expired,
        _ when IsOtherModel(options?.ModelId ?? defaults.Model) => RebuildReason.ModelChanged,
        _ when !answer.IsAnsweredBy(input) => RebuildReason.UnansweredCalls,
        _ => null,
    };

    /// <summary>Decides for a reason of the caller's own, when there was none before.</summary>
    public void Add(RebuildReason reason)
    {
        if (answer is not null)
        {
            Reason ??= reason;
        }
    }

    /// <summary>Decides after a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="input">The new messages.</param>
    /// <param name="sendsReasoning">Whether the request carried encrypted reasoning.</param>
    /// <param name="sendsSummary">Whether the request carried a summary whose turns are known.</param>
    /// <returns>Whether another attempt, as the properties now say, makes sense.</returns>
    public bool After(GrokException failure, IEnumerable<ChatMessage> input, bool sendsReasoning, bool sendsSummary = false)
    {
        if (failure.Kind == GrokErrorKind.EncryptedContentRejected && sendsSummary && !DropsSummary)
        {
            // Everything is sent for the same reason as before, without the summary.
            return DropsSummary = true;
        }

        if (ReasonAfter(failure, input, sendsReasoning) is not { } reason)
        {
            return false;
        }

        FirstFailure ??= failure;
        IsZeroRetention |= reason == RebuildReason.ZeroRetention;
        DropsReasoning |= reason == RebuildReason.ReasoningRejected;
        Reason = reason;
        return true;
    }

    /// <summary>The failure to throw when no further attempt makes sense: it tells why an earlier attempt was repeated as well.</summary>
    public GrokException? Explain(GrokException failure) =>
        // Timeouts and derived exceptions keep their type and their cause.
        FirstFailure is null || failure.Kind == GrokErrorKind.Timeout || failure.GetType() != typeof(GrokException) ? null
            : failure.With($"{failure.Message} The conversation was resent in full because: {FirstFailure.Message}", new AggregateException(failure, FirstFailure));

    private RebuildReason? ReasonAfter(GrokException failure, IEnumerable<ChatMessage> input, bool sendsReasoning) => failure.Kind switch
    {
        GrokErrorKind.InvalidRequest or GrokErrorKind.UnknownResponse or GrokErrorKind.Permission when !IsZeroRetention && ZeroRetention.IsMeantBy(failure) => RebuildReason.ZeroRetention,
        GrokErrorKind.UnknownResponse when Reason is null && answer is not null => RebuildReason.UnknownResponse,
        GrokErrorKind.InvalidRequest when Reason is null && answer is not null && HasImages(input) => RebuildReason.ImagesRefused,
        GrokErrorKind.EncryptedContentRejected when !DropsReasoning && sendsReasoning => RebuildReason.ReasoningRejected,
        _ => null,
    };

    private bool IsOtherModel(string? requested) =>
        requested is not null && requested != answer!.RequestedModel && answer.Model is { } answered && defaults.Names.Family(requested) != defaults.Names.Family(answered);

    private static bool HasImages(IEnumerable<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).Any(static c =>
        (c is DataContent data && data.HasTopLevelMediaType("image")) || (c is UriContent uri && uri.HasTopLevelMediaType("image")));
}
