namespace Connectors.Grok.Mapping.Requests;

/// <summary>What becomes of a function call or of the result of one.</summary>
internal enum CallFate
{
    /// <summary>It is sent.</summary>
    Sent,

    /// <summary>It is there already.</summary>
    Repeated,

    /// <summary>It is a call without its result, or a result without its call: the service rejects a request with such a one.</summary>
    Alone,
}
