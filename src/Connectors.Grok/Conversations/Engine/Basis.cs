using Connectors.Grok.Conversations.History;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The turn that a call goes on from.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Facts">What its content says of it.</param>
/// <param name="Covered">How many of the caller's messages it and the turns before it hold already.</param>
internal sealed record Basis(ConversationTurn Turn, TurnHeader Facts, int Covered)
{
    /// <summary>The conversation that the last answer of ours in a caller's history was stamped with.</summary>
    public static string? StampedConversation(List<ChatMessage> messages) =>
        messages.FindLast(static m => Stamp(m) is not null)?.AdditionalProperties.GetText(GrokKeys.History.Conversation);

    /// <summary>
    /// Finds the turn. A caller that passes new messages goes on from the head. One that passes its whole history is recognised by our
    /// stamps, or by the fingerprint of what was said: it goes on from the last turn that its history still holds unchanged, which is a
    /// fork when it was edited, and from nothing, so that everything is sent, when no turn is.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The options name a turn that does not exist.</exception>
    public static async ValueTask<Basis?> FindAsync(
        ConversationStore store, ConversationOptions settings, string? head, List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var finder = new Finder(store, settings, head, messages, cancellationToken);
        return await finder.FindAsync(options?.AdditionalProperties.GetText(GrokKeys.Request.ParentTurn)).ConfigureAwait(false);
    }

    private static string? Stamp(ChatMessage message) =>
        message.Role == ChatRole.Assistant ? message.AdditionalProperties.GetText(GrokKeys.Answer.Turn) : null;

    private sealed class Finder(ConversationStore store, ConversationOptions settings, string? head, List<ChatMessage> messages, CancellationToken cancellationToken)
    {
        public async ValueTask<Basis?> FindAsync(string? parent)
        {
            if (messages.Exists(static m => m.Role == ChatRole.Assistant))
            {
                var points = FingerprintPoints.Of(messages);
                var stamps = messages.Select(Stamp).OfType<string>().Reverse().ToList();
                if (await StampedAsync(stamps, points).ConfigureAwait(false) is { } stamped)
                {
                    return stamped;
                }

                if (await OnPathAsync(points).ConfigureAwait(false) is { } known)
                {
                    return known;
                }

                if (stamps.Count > 0)
                {
                    // A history of ours that was edited from its first answer on, or shortened: it says itself what was said.
                    return null;
                }
            }

            var last = await HeadAsync().ConfigureAwait(false);
            // The results of a function loop follow the call, whatever the options of the whole loop say.
            if (parent is null || (last is not null && last.Facts.OpenCalls.Any(Answers(0).Contains)))
            {
                if (head is not null && last?.Turn.Id != head)
                {
                    ConversationTelemetry.LeftOut(ConversationTelemetry.Logger(settings), head);
                }

                return last;
            }

            return parent.Length == 0 ? null : await TurnAsync(parent).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no turn '{parent}'.");
        }

        private async ValueTask<Basis?> StampedAsync(List<string> stamps, Dictionary<string, int> points)
        {
            foreach (var stamp in stamps)
            {
                if (await TurnAsync(stamp).ConfigureAwait(false) is { } basis && Covers(basis, points) is { } covering)
                {
                    return covering;
                }
            }

            return null;
        }

        /// <summary>The deepest turn of the conversation that a history without stamps holds.</summary>
        private async ValueTask<Basis?> OnPathAsync(Dictionary<string, int> points)
        {
            var path = head is null ? [] : await store.GetPathAsync(settings.Tenant, head, cancellationToken).ConfigureAwait(false);
            return path.Reverse().Select(t => Covers(new Basis(t, TurnHeader.Of(t, settings.Protector), 0), points)).FirstOrDefault(static b => b is not null);
        }

        /// <summary>The turn, if the history holds it unchanged and something new after it that can follow.</summary>
        private Basis? Covers(Basis basis, Dictionary<string, int> points) =>
            basis.Facts.Fingerprint is { } fingerprint && points.TryGetValue(fingerprint, out var index) && index + 1 < messages.Count
            && IsAnswered(basis.Facts, index + 1) ? basis with { Covered = index + 1 } : null;

        /// <summary>The head, or, when it waits for results of calls that do not come, the last turn before it that waits for nothing.</summary>
        private async ValueTask<Basis?> HeadAsync()
        {
            for (var at = head; at is not null;)
            {
                var basis = await TurnAsync(at).ConfigureAwait(false) ?? throw new InvalidDataException($"The turn '{at}' is missing from the store.");
                if (IsAnswered(basis.Facts, 0))
                {
                    return basis;
                }

                // A loop that was broken off: its calls will never be answered, so it never happened.
                at = basis.Turn.ParentId;
            }

            return null;
        }

        private async ValueTask<Basis?> TurnAsync(string id) =>
            await store.GetTurnAsync(settings.Tenant, id, cancellationToken).ConfigureAwait(false) is { } turn
                ? new Basis(turn, TurnHeader.Of(turn, settings.Protector), 0)
                : null;

        private bool IsAnswered(TurnHeader facts, int from) => facts.OpenCalls.Count == 0 || facts.OpenCalls.Any(Answers(from).Contains);

        private HashSet<string> Answers(int from) =>
            messages.Skip(from).SelectMany(static m => m.Contents).Select(static c => c is FunctionResultContent result ? result.CallId : Approvals.DecidedOn(c)).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }
}
