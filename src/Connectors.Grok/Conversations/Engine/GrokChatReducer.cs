using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Conversations;

/// <summary>
/// Shortens a history that the host carries: xAI's service writes an encrypted summary, which takes the place of the finished exchanges. For hosts
/// without <see cref="ConversationChatClient"/>: pass it to <c>UseChatReducer</c> of Microsoft.Extensions.AI, or to the history provider of an agent.
/// </summary>
/// <remarks>
/// <para>
/// The summary holds the instructions and the encrypted reasoning of the messages. The current question, with the function calls that it led to, is never
/// part of it. When the service refuses or fails, the messages are returned as they came, and a warning is logged. The caller's messages are never changed.
/// </para>
/// <para>
/// A caller that keeps passing its original history gets the summary of it again: the last 1,000 summaries are remembered by the messages for which they
/// stand. A caller that keeps the returned messages continues from the summary in them. The last content of a new summary's message is a
/// <see cref="UsageContent"/> with its tokens and its cost.
/// </para>
/// </remarks>
/// <seealso href="https://docs.x.ai/developers/advanced-api-usage/context-compaction">xAI: context compaction</seealso>
public sealed class GrokChatReducer : IChatReducer
{
    private readonly IHistoryCompactor _compactor;
    private readonly ConversationCompaction _when;
    private readonly string? _model;
    private readonly ILogger _logger;
    private readonly SummaryMemory _memory = new();

    /// <summary>Creates a reducer.</summary>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one. It writes the summaries; stays the caller's own to dispose.</param>
    /// <param name="when">
    /// When a history is compacted; null for the defaults. The length of a history is estimated: a token for four bytes of text, 1,500 for an image.
    /// <see cref="ConversationCompaction.Turns"/> counts questions. Read once.
    /// </param>
    /// <param name="loggerFactory">Creates the logger; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentException">There is no <see cref="GrokChatClient"/> below the client, or a member of <paramref name="when"/> is out of range.</exception>
    public GrokChatReducer(IChatClient client, ConversationCompaction? when = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _compactor = client.GetService<IHistoryCompactor>()
            ?? throw new ArgumentException("There is no GrokChatClient below the client that could write the summaries.", nameof(client));
        _when = when?.Copy() ?? new();
        if (_when.Problem is { } problem)
        {
            throw new ArgumentException($"The compaction {problem}.", nameof(when));
        }

        _model = ClientDefaults.From(client).Model;
        _logger = loggerFactory?.CreateLogger(GrokTelemetry.ConversationsMeterName) ?? NullLogger.Instance;
    }

    /// <summary>Returns the messages, or shorter ones that begin with a summary.</summary>
    /// <param name="messages">The whole history that the host carries.</param>
    /// <param name="cancellationToken">Cancels the compaction.</param>
    /// <returns>A summary and the messages after it; the same messages when no compaction is due, or when it failed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is null.</exception>
    /// <exception cref="ArgumentException">A message cannot be sent.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<IEnumerable<ChatMessage>> ReduceAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var history = CarriedHistory.Read([.. messages]);
        var (known, covered) = _memory.FindLatest(history);
        var reduced = history.After(known, covered);
        if (!IsDue(history, covered, reduced))
        {
            return reduced;
        }

        try
        {
            var answer = await _compactor.CompactAsync(reduced.SkipLast(history.Messages.Count - history.End), new() { ModelId = _when.Model }, cancellationToken).ConfigureAwait(false);
            var summary = new RememberedSummary(ToMessage(answer), history.SystemTexts);
            _memory.Add(history.Points[^1].Key, summary);
            ConversationTelemetry.Reduced(_logger, history.End, answer.Usage?.InputTokenCount ?? 0, answer.Usage?.OutputTokenCount ?? 0);
            return history.After(summary, history.End);
        }
        catch (GrokException e)
        {
            ConversationTelemetry.ReductionFailed(_logger, e.Kind);
            return reduced;
        }
    }

    /// <summary>Whether the content is a summary.</summary>
    internal static bool IsSummary(AIContent content) => content.GetType() == typeof(AIContent) && HostedMapper.ToItem(content) is CompactionItem;

    private static ChatMessage ToMessage(ChatResponse answer)
    {
        var message = answer.Messages[0];
        if (answer.Usage is { } usage)
        {
            message.Contents = [.. message.Contents, new UsageContent(usage)];
        }

        return message;
    }

    private bool IsDue(CarriedHistory history, int covered, IReadOnlyList<ChatMessage> reduced)
    {
        var exchanges = history.Points.Count(p => p.Count > covered);
        return exchanges > 0
            && (exchanges >= _when.Turns || ((_when.Limit ?? (_model is null ? null : _compactor.LimitOf(_model))) is { } limit && reduced.Sum(TokenEstimate.Of) >= limit * _when.Share));
    }
}
