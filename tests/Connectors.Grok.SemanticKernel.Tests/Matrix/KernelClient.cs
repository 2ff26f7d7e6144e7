namespace Connectors.Grok.SemanticKernel.Tests.Matrix;

/// <summary>The registrations that docs/hosts.md compares; each is a column.</summary>
internal enum KernelClient
{
    /// <summary>The client below Semantic Kernel's function invocation and adapter, without this package.</summary>
    Plain,

    /// <summary>This package over a client with <c>Store = false</c>.</summary>
    Unstored,

    /// <summary>This package over conversations.</summary>
    Conversations,

    /// <summary>This package, which tracks histories.</summary>
    HistoryTracking,

    /// <summary>The adapter of Microsoft.Extensions.AI.OpenAI over the Responses API, below Semantic Kernel's function invocation and adapter.</summary>
    OpenAI,
}
