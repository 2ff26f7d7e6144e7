namespace Connectors.Grok.Conversations;

/// <summary>Why a conversation was sent anew as a whole.</summary>
public enum RebuildReason
{
    /// <summary>The last answer was not stored: images, <c>store: false</c>, or zero retention.</summary>
    NotStored,

    /// <summary>The last answer is older than the service keeps it.</summary>
    Expired,

    /// <summary>The service did not know the last answer.</summary>
    UnknownResponse,

    /// <summary>Another model is asked, which cannot open the stored reasoning.</summary>
    ModelChanged,

    /// <summary>The instructions changed, and the option says to restart.</summary>
    InstructionsChanged,

    /// <summary>The service refused to go on with images in a stored conversation.</summary>
    ImagesRefused,

    /// <summary>The service could not open the reasoning that was sent back; it was left out.</summary>
    ReasoningRejected,

    /// <summary>The service keeps nothing for this team (zero data retention).</summary>
    ZeroRetention,

    /// <summary>A call was approved or rejected, and a function loop below runs it before it sends anything: were the last answer unknown then, it would be too late.</summary>
    ApprovalDecided,
}
