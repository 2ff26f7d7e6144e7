using System.Reflection;
using Connectors.Grok.Postgres;
using Connectors.Grok.Redis;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Stores.Tests;

/// <summary>The XML documentation of the public methods of the store packages.</summary>
public class DocumentationTests
{
    public static TheoryData<Assembly> Assemblies => [typeof(SqliteConversationStore).Assembly, typeof(PostgresConversationStore).Assembly, typeof(RedisConversationStore).Assembly];

    [Theory]
    [MemberData(nameof(Assemblies), DisableDiscoveryEnumeration = true)]
    public void Public_methods_document_results_and_exceptions(Assembly assembly) => Assert.Empty(PublicDocumentation.Gaps(assembly, static _ => true));
}
