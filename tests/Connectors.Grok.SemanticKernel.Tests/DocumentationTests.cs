using Connectors.Grok.Tests;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>The XML documentation of the public methods of the package.</summary>
public class DocumentationTests
{
    [Fact]
    public void Public_methods_document_results_and_exceptions() => Assert.Empty(PublicDocumentation.Gaps(typeof(GrokChatCompletionService).Assembly, static _ => true));
}
