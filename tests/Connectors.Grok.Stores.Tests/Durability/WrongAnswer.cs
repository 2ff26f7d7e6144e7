namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>What a store may do during a fault.</summary>
public enum WrongAnswer
{
    /// <summary>Calls throw the exception of stores. This is allowed.</summary>
    Refusal,

    /// <summary>A turn is acknowledged and not stored.</summary>
    NotStored,

    /// <summary>An existing conversation is not found.</summary>
    NoConversation,

    /// <summary>The path to an existing turn is empty.</summary>
    NoPath,

    /// <summary>A path lacks a turn in its middle.</summary>
    Gap,

    /// <summary>The tree of an existing conversation is empty.</summary>
    NoTree,

    /// <summary>The totals of an existing conversation are zero.</summary>
    NoUsage,

    /// <summary>The list is empty.</summary>
    EmptyList,

    /// <summary>A turn has other bytes.</summary>
    OtherBytes,

    /// <summary>A call throws an exception that no caller of a store expects.</summary>
    OtherException,
}
