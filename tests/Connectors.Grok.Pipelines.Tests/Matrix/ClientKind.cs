namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>The clients that docs/hosts.md compares; each is a column.</summary>
internal enum ClientKind
{
    /// <summary>The client itself; the service stores the conversation.</summary>
    Plain,

    /// <summary>The client with <c>Store = false</c>.</summary>
    Unstored,

    /// <summary>Conversations with an id of the application, in a store.</summary>
    Conversations,

    /// <summary>History tracking, with a <c>HistoryKey</c>.</summary>
    HistoryTracking,

    /// <summary>The adapter of Microsoft.Extensions.AI.OpenAI over the Responses API.</summary>
    OpenAI,
}
