using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Conversations;

/// <summary>How a <see cref="ConversationChatClient"/> keeps conversations.</summary>
/// <remarks>Read once, when the client is built.</remarks>
public sealed class ConversationOptions
{
    /// <summary>The tenant of calls that name none with <see cref="GrokConversationExtensions.WithTenant"/>. The conversations of another tenant do not exist for a call.</summary>
    /// <value>Default empty: no tenants. Must stay empty where <see cref="TenantResolver"/> is set.</value>
    public string Tenant { get; set; } = "";

    /// <summary>
    /// Returns the tenant of the current call, for example the user of the current HTTP request. Called once per call of the client and once
    /// per operation of the manager, on the caller's thread.
    /// </summary>
    /// <value>
    /// Default null: <see cref="GrokConversationExtensions.WithTenant"/> and <see cref="ConversationManager.ForTenant"/> name the tenant. When set, the resolver
    /// decides alone: a call throws <see cref="InvalidOperationException"/> when it returns null or a blank, or another tenant than the one the call names.
    /// </value>
    public Func<string?>? TenantResolver { get; set; }

    /// <summary>
    /// When <c>ChatOptions.Instructions</c> are sent again with a continued conversation. The store keeps a hash of those in force. Where a caller
    /// passes its whole history without instructions that are in force, they count as removed, whatever this option says.
    /// </summary>
    /// <value>Default <see cref="ContinuationInstructions.WhenChanged"/>.</value>
    public ContinuationInstructions ContinuationInstructions { get; set; }

    /// <summary>What happens when two calls add a turn to one conversation at the same time.</summary>
    /// <value>Default <see cref="ConversationConflict.Throw"/>.</value>
    public ConversationConflict Conflict { get; set; }

    /// <summary>How long the service keeps a response. After that the history is resent without trying the response id first.</summary>
    /// <value>Null, the default: as the host of the client documents, 30 days at xAI's; where a host's administrator chooses the time, every id is tried.</value>
    public TimeSpan? ServerRetention { get; set; }

    /// <summary>Whether calls on one conversation that run at the same time in this process wait for each other instead of conflicting.</summary>
    /// <value>Default false. A stream holds the conversation until it ends or is disposed.</value>
    public bool QueueTurns { get; set; }

    /// <summary>How much of the messages is kept.</summary>
    /// <value>Default <see cref="ConversationRetention.Everything"/>, which resending a conversation needs.</value>
    public ConversationRetention Retention { get; set; }

    /// <summary>
    /// How long a conversation is kept after its head last changed. An older one does not exist for any call, nor for any operation of the
    /// manager except <see cref="ConversationManager.DeleteAsync"/>. It is deleted when its name is used for a new one, and by <see cref="ConversationManager.PurgeAsync"/>.
    /// </summary>
    /// <value>Default null: until it is deleted. The same on all nodes.</value>
    public TimeSpan? KeepFor { get; set; }

    /// <summary>
    /// Whether a question without a complete answer is kept as a turn of the kind <see cref="ConversationTurnKind.Unanswered"/>, with the text and reasoning that came: one whose call was
    /// cancelled, whose stream was abandoned by the caller, or whose answer failed. <see cref="ConversationAnswerExtensions.GetUnansweredTurnId"/> gets the turn's id from the exception.
    /// A question that the service rejected before the answer began is not kept, because it would be rejected again. Only for calls that name their conversation.
    /// </summary>
    /// <value>Default false: nothing is kept of it. Has no effect unless <see cref="Retention"/> is <see cref="ConversationRetention.Everything"/>, which continuing from it needs.</value>
    public bool KeepUnanswered { get; set; }

    /// <summary>When the turns of a conversation are compacted.</summary>
    /// <value>Default null: never, except with <see cref="ConversationManager.CompactAsync"/>.</value>
    public ConversationCompaction? Compaction { get; set; }

    /// <summary>The most that all turns of one conversation may cost together, in US dollars; checked before each call. Turns from which <see cref="ConversationManager.RewindAsync"/> went back do not count.</summary>
    /// <value>Default null: no limit.</value>
    public decimal? Budget { get; set; }

    /// <summary>
    /// Whether a conversation with a <see cref="Budget"/> ends when its answers carry no cost, so that the budget cannot be kept: the call after the first such answer throws
    /// a <see cref="ConversationBudgetException"/>. <see cref="GrokChatClientOptions.Prices"/> gives answers a cost.
    /// </summary>
    /// <value>Default false: the client logs one warning.</value>
    public bool BudgetNeedsPrice { get; set; }

    /// <summary>The largest document, in bytes, that <see cref="ConversationManager.ImportAsync"/> reads: it is held in memory. A larger one is rejected before it is read to its end.</summary>
    /// <value>Default 67,108,864 (64 MiB). At least 1.</value>
    public long MaxImportBytes { get; set; } = 64 << 20;

    /// <summary>The clock.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Creates the logger to which the client reports that it resent a conversation, and why. Ids only: no message is logged.</summary>
    /// <value>Default null: nothing is logged.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Encrypts the messages that a store keeps. Each turn is bound to its tenant and id, so that content copied to another row cannot be read there.
    /// Set it before the first turn: turns that were stored without a protector cannot be read with one, nor the other way round.
    /// </summary>
    /// <value>Default null: stores keep messages as plain JSON.</value>
    public IConversationProtector? Protector { get; set; }

    /// <summary>
    /// Whether encrypted turns that are not bound to their tenant and id are rejected with a <see cref="ConversationStoreException"/>: those that were
    /// written with version 1 of the storage format. <see cref="ConversationManager.BindAsync"/> encrypts them again. Has no effect without a <see cref="Protector"/>.
    /// </summary>
    /// <value>Default false: they stay readable.</value>
    public bool RequireBinding { get; set; }

    /// <summary>
    /// A secret of the application, the same on all nodes, from which the key of the stored fingerprints is derived where <see cref="Protector"/> is set.
    /// Do not change, add or remove it while a store has conversations: their turns are no longer found by a history that a caller passes.
    /// </summary>
    /// <value>Default null: each conversation has a random key within its encrypted content, and finding a history that a caller passes takes one more round trip. At least 16 bytes.</value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public byte[]? HistoryKey { get; set; }

    /// <exception cref="ArgumentException">A setting is out of range; <c>ParamName</c> is its name.</exception>
    internal ConversationOptions Checked()
    {
        StoreGuards.Check(Tenant, nameof(Tenant));
        Check(Tenant.Length == 0 || TenantResolver is null, nameof(Tenant), "must be empty where TenantResolver is set, which decides alone");
        Check(TimeProvider is not null, nameof(TimeProvider), "must be a clock");
        Check(ServerRetention is null || ServerRetention > TimeSpan.Zero, nameof(ServerRetention), "must be longer than zero");
        Check(KeepFor is null || KeepFor > TimeSpan.Zero, nameof(KeepFor), "must be longer than zero, or null");
        Check(Compaction?.Problem is null, nameof(Compaction), Compaction?.Problem!);
        Check(Budget is null or >= 0, nameof(Budget), "must not be negative");
        Check(MaxImportBytes > 0, nameof(MaxImportBytes), "must be at least 1");
        Check(HistoryKey is null or { Length: >= 16 }, nameof(HistoryKey), "must have at least 16 bytes, or be null");
        Check(Enum.IsDefined(ContinuationInstructions), nameof(ContinuationInstructions), "must be WhenChanged, Never, Always, Throw or Restart");
        Check(Enum.IsDefined(Conflict), nameof(Conflict), "must be Throw or Fork");
        Check(Enum.IsDefined(Retention), nameof(Retention), "must be Everything, Reasoning or Nothing");
        return this;

        static void Check(bool isRight, string setting, string rule)
        {
            if (!isRight)
            {
                throw new ArgumentException($"{nameof(ConversationOptions)}.{setting} {rule}.", setting);
            }
        }
    }

    /// <summary>When a conversation that is changed now has been kept for long enough; null for never.</summary>
    internal DateTimeOffset? ExpiresAt() => KeepFor is { } time ? TimeProvider.GetUtcNow().Later(time) : null;

    internal ConversationOptions Copy()
    {
        var copy = (ConversationOptions)MemberwiseClone();
        copy.Compaction = Compaction?.Copy();
        return copy;
    }

    /// <summary>The same settings for the calls of one tenant.</summary>
    internal ConversationOptions For(string tenant)
    {
        if (tenant == Tenant)
        {
            return this;
        }

        var copy = Copy();
        copy.Tenant = tenant;
        return copy;
    }
}

/// <summary>What a conversation keeps of its messages. Ids, times, tokens and costs are always kept.</summary>
public enum ConversationRetention
{
    /// <summary>All of it: the conversation can always be resent.</summary>
    Everything,

    /// <summary>Only the model's reasoning, encrypted and with its summary. For callers that pass the full history, which holds the rest.</summary>
    Reasoning,

    /// <summary>Nothing. When the service no longer has the conversation, only a caller that passes the full history can continue it.</summary>
    Nothing,
}

/// <summary>What happens when two calls add a turn to one conversation at the same time. Either way no turn is lost.</summary>
public enum ConversationConflict
{
    /// <summary>The later one throws <see cref="ConversationConflictException"/>; its turn is kept under a name of its own.</summary>
    Throw,

    /// <summary>The later one becomes a fork: its answer carries the fork's id.</summary>
    Fork,
}

/// <summary>Encrypts and decrypts the content of turns.</summary>
/// <remarks>
/// Associated data is not kept with the bytes: it must be the same for both operations, or <see cref="Unprotect"/> must fail. An authenticated cipher takes it
/// as such; over ASP.NET's data protection, make it a purpose.
/// </remarks>
public interface IConversationProtector
{
    /// <summary>Encrypts the content of a turn.</summary>
    /// <param name="content">The content.</param>
    /// <param name="associatedData">The tenant and the id of the turn to which the result is bound, as UTF-8 text; never empty.</param>
    /// <returns>The encrypted content.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="content"/> or <paramref name="associatedData"/> is null.</exception>
    byte[] Protect(byte[] content, byte[] associatedData);

    /// <summary>Decrypts the content of a turn.</summary>
    /// <param name="encrypted">What <see cref="Protect"/> returned.</param>
    /// <param name="associatedData">
    /// What <see cref="Protect"/> was given; empty for content of version 1 of the storage format, which was encrypted without associated data
    /// and must be decrypted without.
    /// </param>
    /// <returns>The content.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="encrypted"/> or <paramref name="associatedData"/> is null.</exception>
    /// <exception cref="Exception">The bytes are not encrypted content, or are bound to another tenant or turn.</exception>
    byte[] Unprotect(byte[] encrypted, byte[] associatedData);
}
