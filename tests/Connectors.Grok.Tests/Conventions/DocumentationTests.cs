using System.Reflection;
using System.Xml.Linq;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The public methods and constructors of the package document their parameters, results and exceptions.</summary>
public class DocumentationTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, XElement> Documentation = XDocument.Load(Path.ChangeExtension(typeof(GrokChatClient).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(static m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    [Fact]
    public void Troubleshooting_page_names_every_kind()
    {
        var page = File.ReadAllText(Repository.PathTo("docs/troubleshooting.md"));
        Assert.All(Enum.GetNames<GrokErrorKind>(), kind => Assert.Contains($"`{kind}`", page, StringComparison.Ordinal));
    }

    /// <summary>The clients, and the extensions of options, contents, tools and answers.</summary>
    private static readonly Type[] Types =
    [
        typeof(GrokChatClient), typeof(GrokResponsesClient), typeof(GrokFileClient), typeof(GrokChatClientOptions), typeof(GrokChatOptionsExtensions), typeof(GrokContentExtensions),
        typeof(GrokToolExtensions), typeof(GrokAnswerExtensions), typeof(Connectors.Grok.Conversations.ConversationAnswerExtensions),
    ];

    public static TheoryData<string> Methods => [.. Types.SelectMany(static t => t.GetMethods(Own)).Where(static m => !m.IsSpecialName && m.Name != nameof(IDisposable.Dispose)).Select(Id)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Public_method_documents_what_it_returns_and_throws(string id)
    {
        var matches = Documentation.Where(m => m.Key == id || m.Key.StartsWith(id + "(", StringComparison.Ordinal) || m.Key.StartsWith(id + "``", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(matches);
        Assert.All(matches, static m =>
        {
            // A member that inherits its documentation from another overload is checked there.
            if (m.Value.Element("inheritdoc")?.Attribute("cref") is null)
            {
                var isVoid = m.Key.Contains(nameof(GrokChatClientOptions.Validate), StringComparison.Ordinal);
                Assert.True(isVoid || m.Value.Element("returns") is not null || m.Value.Element("inheritdoc") is not null, $"{m.Key} does not document its result.");
                Assert.True(m.Value.Elements("exception").Any(), $"{m.Key} does not document its exceptions.");
            }
        });
    }

    [Fact]
    public void Public_members_document_parameters_results_and_exceptions()
    {
        var gaps = PublicDocumentation.Gaps(typeof(GrokChatClient).Assembly, static _ => true).ToList();
        Assert.True(gaps.Count == 0, string.Join('\n', gaps));
    }

    [Fact]
    public void Documentation_links_to_xAI_point_to_known_pages()
    {
        string[] known =
        [
            "https://docs.x.ai/docs/tutorial", "https://docs.x.ai/docs/guides/chat", "https://docs.x.ai/docs/guides/chat#conversations",
            "https://docs.x.ai/docs/guides/streaming-response", "https://docs.x.ai/docs/guides/tools/overview",
            "https://docs.x.ai/developers/advanced-api-usage/context-compaction", "https://docs.x.ai/developers/advanced-api-usage/prompt-caching",
        ];
        var links = Documentation.Values.SelectMany(static m => m.Descendants()).Select(static e => e.Attribute("href")?.Value).OfType<string>().Where(static l => l.Contains("docs.x.ai", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        Assert.True(links.Count >= 4);
        Assert.Empty(links.Except(known));
    }

    private static string Id(MethodInfo method) => $"M:{method.DeclaringType!.FullName}.{method.Name}";
}
