using System.Reflection;
using Connectors.Grok.Conversations;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary><c>ForSemanticKernel</c> of this package and <c>AsHistoryTrackingClient</c> of the core are the same client.</summary>
public sealed class HistoryTrackingTests : KernelTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whole_history_is_continued_by_response_id_with_either_method(bool isAlias)
    {
        using var grok = Client();
        var client = isAlias ? grok.ForSemanticKernel() : grok.AsHistoryTrackingClient();
        List<ChatMessage> history = [new(ChatRole.User, "My name is Alice. Remember this.")];
        var first = await client.GetResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(first.ConversationId);
        history.AddMessages(first);
        history.Add(new(ChatRole.User, "What's my name?"));
        Assert.Contains("Alice", (await client.GetResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken)).Text, StringComparison.Ordinal);
        AssertEachRequestContinuesThePrevious(2);
        Assert.Single(Requests[1].Items);
    }

    [Fact]
    public void Options_reach_the_client_with_either_method()
    {
        using var grok = Client();
        var options = new HistoryTrackingOptions { RememberedAnswers = -1 };
        Assert.Equal("RememberedAnswers", Assert.Throws<ArgumentException>(() => grok.ForSemanticKernel(options)).ParamName);
        Assert.Equal("RememberedAnswers", Assert.Throws<ArgumentException>(() => grok.AsHistoryTrackingClient(options)).ParamName);
        Assert.Throws<ArgumentNullException>("client", () => ((IChatClient)null!).ForSemanticKernel());
    }

    [Fact]
    public void Core_has_no_public_name_that_contains_Semantic_Kernel()
    {
        var types = typeof(GrokChatClient).Assembly.GetExportedTypes();
        var names = types.Concat(types.SelectMany(static t => t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))).Select(static m => m.Name);
        Assert.DoesNotContain(names, static n => n.Contains("SemanticKernel", StringComparison.Ordinal));
    }
}
