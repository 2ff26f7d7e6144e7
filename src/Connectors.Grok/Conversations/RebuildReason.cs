namespace Connectors.Grok.Conversations;

/// <summary>Why a conversation was resent in full.</summary>
public enum RebuildReason
{
    /// <summary>The last answer was not stored (images, <c>store: false</c>, zero retention, an import), or this call must not be stored.</summary>
    NotStored,

    /// <summary>The service's copy of the last answer has expired.</summary>
    Expired,

    /// <summary>The service did not know the last answer.</summary>
    UnknownResponse,

    /// <summary>A model of another family was requested, which cannot read the stored reasoning.</summary>
    ModelChanged,

    /// <summary>The instructions changed, and the option says to restart.</summary>
    InstructionsChanged,

    /// <summary>The service refused to continue a stored conversation with images.</summary>
    ImagesRefused,

    /// <summary>The service could not decrypt the reasoning that was sent back; it was left out.</summary>
    ReasoningRejected,

    /// <summary>The service keeps no responses for the caller: zero data retention, a policy of the organisation, or a host without state.</summary>
    ZeroRetention,

    /// <summary>A call was approved or rejected, and a function loop below runs it before it sends anything. Were the last answer unknown then, it would be too late to resend.</summary>
    ApprovalDecided,

    /// <summary>The last answer made calls whose results, or asked for approvals whose decisions, are not among the messages; those calls were left out.</summary>
    UnansweredCalls,

    /// <summary>The turns before were compacted: the summary that takes their place was sent, and begins a new chain of responses.</summary>
    Compacted,

    /// <summary>
    /// The model saw exactly the messages of the call, and nothing of the store: the caller's history holds answers of the conversation but
    /// not its beginning, ends with an answer, or lacks instructions that were in force. The turn has no parent.
    /// </summary>
    OwnHistory,

    /// <summary>The call continues from a question without a complete answer (<see cref="ConversationTurnKind.Unanswered"/>): the history up to it, the question and the part of the answer that came were sent.</summary>
    Unanswered,
}
