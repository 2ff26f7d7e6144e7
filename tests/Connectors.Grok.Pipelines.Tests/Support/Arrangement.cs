namespace Connectors.Grok.Pipelines.Tests.Support;

/// <summary>How a program puts function invocation and our clients together, and who carries the history.</summary>
public enum Arrangement
{
    /// <summary>Over the bare client; the service keeps the conversation.</summary>
    Bare,

    /// <summary>Over the bare client with <c>Store = false</c>; the caller carries the history.</summary>
    BareUnstored,

    /// <summary>Over conversations under an own id.</summary>
    Above,

    /// <summary>Over conversations, of which the service keeps nothing.</summary>
    AboveUnstored,

    /// <summary>Below conversations.</summary>
    Below,

    /// <summary>Below conversations of which the service keeps nothing.</summary>
    BelowUnstored,

    /// <summary>Over a client that finds its state in the history, which the caller carries.</summary>
    Stamped,
}
