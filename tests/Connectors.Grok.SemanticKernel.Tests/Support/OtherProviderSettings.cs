using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Settings of another provider.</summary>
internal sealed class OtherProviderSettings : PromptExecutionSettings;
