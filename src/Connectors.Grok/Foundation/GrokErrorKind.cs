namespace Connectors.Grok;

/// <summary>The kind of a failure, by which a program decides how to handle it.</summary>
public enum GrokErrorKind
{
    /// <summary>Any other failure.</summary>
    Other,

    /// <summary>The key or the token is missing, wrong or expired, or <see cref="GrokChatClientOptions.Credential"/> returned none. xAI answers a wrong key with 400, not 401.</summary>
    Authentication,

    /// <summary>The key or its team has no permission for the request.</summary>
    Permission,

    /// <summary>The request breaks a rule of the API.</summary>
    InvalidRequest,

    /// <summary>The response id is unknown: never stored, deleted, expired, or of another team; or the service does not support ids.</summary>
    UnknownResponse,

    /// <summary>The model does not exist, is retired, or the team may not use it.</summary>
    UnknownModel,

    /// <summary>The conversation is longer than the model's context.</summary>
    ContextLength,

    /// <summary>Too many requests or tokens, or the model is at capacity; a later retry can succeed.</summary>
    RateLimit,

    /// <summary>Credits or quota are used up; a retry does not succeed.</summary>
    Quota,

    /// <summary>The content violates the service's usage guidelines.</summary>
    ContentPolicy,

    /// <summary>The service cannot decrypt the encrypted reasoning: it was changed, or belongs to another model family.</summary>
    EncryptedContentRejected,

    /// <summary>The service, or a gateway in front of it, failed or sent an invalid answer.</summary>
    Server,

    /// <summary>A streamed answer stopped before its terminal event. The updates before it were delivered.</summary>
    StreamBroken,

    /// <summary>The service could not be reached.</summary>
    Connection,

    /// <summary>The service is overloaded (529), or the concurrency limit and the queue of this client are full: then there is no <see cref="GrokException.Status"/>, and nothing was sent.</summary>
    Overload,

    /// <summary>A timeout of the options, or of the caller's HttpClient, ended the call. The inner exception is a <see cref="TimeoutException"/>; the message names the setting.</summary>
    Timeout,

    /// <summary>Another turn was added to the conversation in the meantime. The answer was billed and is kept as a fork.</summary>
    ConversationConflict,

    /// <summary>The conversation has reached its budget; nothing was sent.</summary>
    ConversationBudget,

    /// <summary>The store of conversations failed.</summary>
    ConversationStore,

    /// <summary>A conversation is deleted, but some of its responses are still stored by the service.</summary>
    ConversationDelete,
}
