using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Another provider's settings.</summary>
internal sealed class StrangerSettings : PromptExecutionSettings;
