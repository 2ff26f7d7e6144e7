using Connectors.Grok.Tests;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>The public methods of the package say what they return and which arguments they reject.</summary>
public class DocumentationTests
{
    [Fact]
    public void Methods_document_results_and_exceptions() => Assert.Empty(PublicDocumentation.Gaps(typeof(GrokChatCompletionService).Assembly, static _ => true));
}
