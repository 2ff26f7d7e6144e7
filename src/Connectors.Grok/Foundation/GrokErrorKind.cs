namespace Connectors.Grok;

/// <summary>What went wrong, in the terms in which a program decides what to do.</summary>
public enum GrokErrorKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The key is missing or wrong. xAI answers a wrong key with 400, not 401.</summary>
    Authentication,

    /// <summary>The key or its team may not do this.</summary>
    Permission,

    /// <summary>The request breaks a rule of the API.</summary>
    InvalidRequest,

    /// <summary>The response id is unknown: never stored, deleted, older than 30 days, or of another team.</summary>
    UnknownResponse,

    /// <summary>The model does not exist, is retired, or the team may not use it.</summary>
    UnknownModel,

    /// <summary>The conversation is longer than the model's context.</summary>
    ContextLength,

    /// <summary>Too many requests or tokens for the moment; waiting helps.</summary>
    RateLimit,

    /// <summary>Credits or quota are used up; waiting does not help.</summary>
    Quota,

    /// <summary>The content violates the service's usage guidelines.</summary>
    ContentPolicy,

    /// <summary>The service cannot open the encrypted reasoning: changed on the way, or of another model family.</summary>
    EncryptedContentRejected,

    /// <summary>The service, or something before it, failed or answered what it should not.</summary>
    Server,

    /// <summary>A streamed answer ended before its end. What came before it was delivered.</summary>
    StreamBroken,

    /// <summary>The service could not be reached.</summary>
    Connection,

    /// <summary>Too many requests of this client at once; nothing was sent.</summary>
    Overload,

    /// <summary>A timeout of the options, or of the caller's HttpClient, ended the call. The inner exception is a <see cref="TimeoutException"/>; the message names the setting.</summary>
    Timeout,

    /// <summary>Another turn was made on the conversation in the meantime. The answer was paid for and is kept as a fork.</summary>
    ConversationConflict,

    /// <summary>The conversation has cost what it may; nothing was sent.</summary>
    ConversationBudget,

    /// <summary>The store of conversations failed.</summary>
    ConversationStore,

    /// <summary>A conversation is deleted, but some of its responses are still stored by the service.</summary>
    ConversationDelete,
}
