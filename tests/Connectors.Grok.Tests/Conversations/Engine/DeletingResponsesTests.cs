using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class DeletingResponsesTests : ScriptedConversationTest
{
    private readonly StubHandler _service = new();

    [Fact]
    public async Task What_was_deleted_is_counted_and_what_was_gone_is_not()
    {
        _service.Json(Deleted("r1", "true")).Json(Deleted("r2", "false")).Json("""{"code":"not-found","error":"Response with id=r3 not found"}""", 404);
        Assert.Equal(1, await Manager().DeleteResponsesAsync(["r1", "r2", "r3"]));
        Assert.Equal(["r1", "r2", "r3"], _service.Requests.Select(static r => r.Uri.Segments[^1]));
    }

    [Fact]
    public async Task What_could_not_be_deleted_is_told_with_the_first_reason()
    {
        _service.Json("""{"code":"x","error":"The first reason."}""", 403).Json(Deleted("r2", "true")).Json("""{"code":"x","error":"Another reason."}""", 403);
        var e = await Assert.ThrowsAsync<ConversationDeleteException>(() => Manager().DeleteResponsesAsync(["r1", "r2", "r3"]));
        Assert.Equal(["r1", "r3"], e.ResponseIds);
        var cause = Assert.IsType<GrokException>(e.InnerException);
        Assert.Contains("The first reason.", cause.Message, StringComparison.Ordinal);
        Assert.Equal($"2 stored responses could not be deleted on the server: {cause.Message} Try again with ConversationManager.DeleteResponsesAsync.", e.Message);
    }

    [Fact]
    public async Task Nothing_is_sent_once_the_call_is_cancelled()
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
    public async Task A_client_that_leads_to_no_service_deletes_nothing_there()
    {
        var manager = await AskedAsync("One.", "Two.");
        Assert.Equal(0, await manager.DeleteAsync(Ticket));
        Assert.Equal(0, await manager.DeleteResponsesAsync(["r1"]));
        Assert.Null(await manager.GetAsync(Ticket));
    }

    private ConversationManager Manager() => Manager(responses: ((IChatClient)Some.Client(_service)).GetService<GrokResponsesClient>());

    private static string Deleted(string id, string deleted) => $$"""{"id":"{{id}}","object":"response","deleted":{{deleted}}}""";
}
