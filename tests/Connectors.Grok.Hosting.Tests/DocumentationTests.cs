using System.Reflection;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The XML documentation of the public registration methods.</summary>
public class DocumentationTests
{
    public static TheoryData<Assembly> Assemblies => [typeof(GrokChatClientBuilder).Assembly, typeof(GrokChatClientBuilderExtensions).Assembly];

    [Theory]
    [MemberData(nameof(Assemblies), DisableDiscoveryEnumeration = true)]
    public void Registration_methods_document_results_and_exceptions(Assembly assembly) => Assert.Empty(PublicDocumentation.Gaps(
        assembly, static t => t.Namespace == "Microsoft.Extensions.DependencyInjection" || t == typeof(GrokHistoryTrackingExtensions)));
}
