using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Conversations, exports and histories of storage version 1 are recognized and continued.</summary>
public sealed class Version1HistoryTests : IDisposable
{
    private const string Instructions = "Answer in one sentence.";

    private readonly TempFolder _folder = new();
    private readonly Service _service = new();

    public void Dispose()
    {
        _service.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whole_history_of_an_upgraded_conversation_is_continued_by_id(bool isMarked)
    {
        using var store = Upgraded();
        using var client = Client(store);
        var history = await HistoryAsync(client);
        for (var turn = 0; turn < 3; turn++)
        {
            history.Add(new(ChatRole.User, $"Question {turn}?"));
            var answer = await AskAsync(client, history);
            Assert.Equal((turn == 0 ? "00000003-4711-4000-8000-000000000001" : $"new-{turn}", $"user: Question {turn}?"), (_service.ConversationId, _service.Sent));
            history.AddRange(isMarked ? answer.Messages : [new(ChatRole.Assistant, answer.Text)]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Window_of_an_upgraded_conversation_is_sent_as_it_is(int newTurns)
    {
        using var store = Upgraded();
        using var client = Client(store);
        var history = await HistoryAsync(client);
        for (var turn = 0; turn < newTurns; turn++)
        {
            await AskAsync(client, [new(ChatRole.User, $"Question {turn}?")]);
        }

        List<ChatMessage> window = [.. history.Skip(3), new(ChatRole.User, "Why?")];
        await AskAsync(client, window);
        Assert.Equal((null, Text(window)), (_service.ConversationId, _service.Sent));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Edit_in_an_upgraded_conversation_is_a_fork_of_the_turn_before_it(int newTurns)
    {
        using var store = Upgraded();
        using var client = Client(store);
        var history = await HistoryAsync(client);
        for (var turn = 0; turn < newTurns; turn++)
        {
            await AskAsync(client, [new(ChatRole.User, $"Question {turn}?")]);
        }

        await AskAsync(client, [.. history.Take(3), new(ChatRole.User, "And the third largest city?")]);
        Assert.Equal(("00000001-4711-4000-8000-000000000001", "user: And the third largest city?"), (_service.ConversationId, _service.Sent));
    }

    [Theory]
    [InlineData("export-ticket.json", false)]
    [InlineData("export-ticket.json", true)]
    [InlineData("export-weather.json", false)]
    [InlineData("export-weather.json", true)]
    public async Task Exported_document_is_imported(string file, bool trustsSource)
    {
        using var client = Client(new InMemoryConversationStore());
        using (var document = File.OpenRead(Path.Combine(Version1.Folder, file)))
        {
            await client.Conversations.ImportAsync("copy", document, trustsSource);
        }

        var messages = await client.Conversations.GetMessagesAsync("copy");
        Assert.NotEmpty(messages);
        await client.GetResponseAsync(new ChatMessage(ChatRole.User, "And now?"), new ChatOptions { ConversationId = "copy" });
        Assert.Equal(trustsSource, _service.ConversationId is not null);
        Assert.Equal(trustsSource ? "user: And now?" : Text([.. messages, new(ChatRole.User, "And now?")]), _service.Sent);
    }

    [Fact]
    public async Task Tracked_history_is_sent_whole_once()
    {
        var saved = JsonSerializer.Deserialize<IList<ChatMessage>>(File.ReadAllText(Path.Combine(Version1.Folder, "history-tracking.json")), AIJsonUtilities.DefaultOptions)!;
        using var client = _service.AsHistoryTrackingClient();
        List<ChatMessage> history = [.. saved, new(ChatRole.User, "And now?")];
        history.AddRange((await client.GetResponseAsync(history)).Messages);
        Assert.Equal((null, Text([.. saved, new(ChatRole.User, "And now?")])), (_service.ConversationId, _service.Sent));
        history.Add(new(ChatRole.User, "Why?"));
        await client.GetResponseAsync(history);
        Assert.Equal(("new-1", "user: Why?"), (_service.ConversationId, _service.Sent));
    }

    private SqliteConversationStore Upgraded()
    {
        var file = _folder.NewFile();
        File.Copy(Version1.SqliteFile, file);
        return new(file);
    }

    /// <summary>The service still has the stored responses at the time of this clock.</summary>
    private ConversationChatClient Client(ConversationStore store) => _service.AsConversationClient(store, new ConversationOptions { TimeProvider = new StepClock() });

    /// <summary>The messages of the conversation as a host has them that keeps texts only.</summary>
    private static async Task<List<ChatMessage>> HistoryAsync(ConversationChatClient client) =>
        [.. (await client.Conversations.GetMessagesAsync("ticket-4711")).Select(static m => new ChatMessage(m.Role, m.Text))];

    private static Task<ChatResponse> AskAsync(ConversationChatClient client, List<ChatMessage> messages) =>
        client.GetResponseAsync(messages, new ChatOptions { ConversationId = "ticket-4711", Instructions = Instructions });

    private static string Text(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.SelectMany(static m => m.Contents.Select(c => c switch
    {
        TextContent text => $"{m.Role}: {text.Text}",
        FunctionCallContent call => $"{m.Role}: call {call.CallId}",
        FunctionResultContent result => $"{m.Role}: result {result.CallId}",
        _ => null,
    })).OfType<string>());

    /// <summary>Keeps what the last request held.</summary>
    private sealed class Service : IChatClient
    {
        private int _answers;

        public string? ConversationId { get; private set; }

        public string Sent { get; private set; } = "";

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            (ConversationId, Sent) = (options?.ConversationId, Text(messages));
            var id = $"new-{++_answers}";
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"Answer {_answers}.") { MessageId = id })
            {
                ResponseId = id,
                ConversationId = id,
                ModelId = "grok-4.7",
                FinishReason = ChatFinishReason.Stop,
            });
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            {
                yield return update;
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
