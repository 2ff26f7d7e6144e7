namespace Connectors.Grok.Pipelines.Tests.Support;

/// <summary>How a program combines function invocation with the clients of this library, and which component holds the history.</summary>
public enum Arrangement
{
    /// <summary>Function invocation over the Grok client; xAI stores the conversation.</summary>
    Bare,

    /// <summary>Function invocation over the Grok client with <c>Store = false</c>; the caller passes the history.</summary>
    BareUnstored,

    /// <summary>Function invocation over conversations with an application id.</summary>
    AboveConversations,

    /// <summary>Function invocation over conversations with <c>Store = false</c>.</summary>
    AboveUnstoredConversations,

    /// <summary>Function invocation below conversations.</summary>
    BelowConversations,

    /// <summary>Function invocation below conversations with <c>Store = false</c>.</summary>
    BelowUnstoredConversations,

    /// <summary>Function invocation over a history tracking client; the caller passes the history.</summary>
    HistoryTracking,
}
