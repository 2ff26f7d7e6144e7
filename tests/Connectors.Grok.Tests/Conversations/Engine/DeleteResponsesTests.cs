using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class DeleteResponsesTests : ScriptedConversationTest
{
    private readonly StubHandler _service = new();

    [Fact]
    public async Task DeleteResponsesAsync_counts_only_the_responses_that_the_service_deleted()
    {
        _service.Json(Deleted("r1", "true")).Json(Deleted("r2", "false")).Json("""{"code":"not-found","error":"Response with id=r3 not found"}""", 404);
        Assert.Equal(1, await Manager().DeleteResponsesAsync(["r1", "r2", "r3"]));
        Assert.Equal(["r1", "r2", "r3"], _service.Requests.Select(static r => r.Uri.Segments[^1]));
    }

    [Fact]
    public async Task DeleteResponsesAsync_throws_with_the_failed_ids_and_the_first_error()
    {
        _service.Json("""{"code":"x","error":"The first reason."}""", 403).Json(Deleted("r2", "true")).Json("""{"code":"x","error":"Another reason."}""", 403);
        var e = await Assert.ThrowsAsync<ConversationDeleteException>(() => Manager().DeleteResponsesAsync(["r1", "r2", "r3"]));
        Assert.Equal(["r1", "r3"], e.ResponseIds);
        var cause = Assert.IsType<GrokException>(e.InnerException);
        Assert.Contains("The first reason.", cause.Message, StringComparison.Ordinal);
        Assert.Equal($"2 stored responses could not be deleted on the server: {cause.Message} Try again with ConversationManager.DeleteResponsesAsync.", e.Message);
    }

    [Fact]
    public async Task DeleteResponsesAsync_sends_no_further_request_after_cancellation()
    {
        using var source = new CancellationTokenSource();
        _service.Reply(() =>
        {
            source.Cancel();
            return new() { Content = new StringContent(Deleted("r1", "true")) };
        });
        var e = await Assert.ThrowsAsync<ConversationDeleteException>(() => Manager().DeleteResponsesAsync(["r1", "r2", "r3"], source.Token));
        Assert.Equal(["r2", "r3"], e.ResponseIds.TakeLast(2));
        Assert.IsAssignableFrom<OperationCanceledException>(e.InnerException);
        Assert.Single(_service.Requests);
    }

    [Fact]
    public async Task Deleting_without_a_responses_client_deletes_only_from_the_store()
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        Assert.Equal(0, await manager.DeleteAsync(Ticket));
        Assert.Equal(0, await manager.DeleteResponsesAsync(["r1"]));
        Assert.Null(await manager.GetAsync(Ticket));
    }

    private ConversationManager Manager() => Manager(responses: ((IChatClient)Some.Client(_service)).GetService<GrokResponsesClient>());

    private static string Deleted(string id, string deleted) => $$"""{"id":"{{id}}","object":"response","deleted":{{deleted}}}""";
}
