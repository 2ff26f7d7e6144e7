using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours.Support;

/// <summary>Summarizes a long history before it is sent, and keeps its last two messages or more.</summary>
internal sealed class SummarizingClient : DelegatingChatClient
{
    private readonly IChatClient _reduced;

    public SummarizingClient(IChatClient client, IChatClient summarizer, int threshold, string prompt)
        : base(client)
    {
        var counted = summarizer.AsBuilder().Use((messages, options, next, cancellationToken) =>
        {
            Summaries++;
            return next(messages, options, cancellationToken);
        }).Build();
        _reduced = client.AsBuilder().UseChatReducer(new SummarizingChatReducer(counted, targetCount: 2, threshold) { SummarizationPrompt = prompt }).Build();
    }

    /// <summary>The number of requests for a summary.</summary>
    public int Summaries { get; private set; }

    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _reduced.GetResponseAsync(messages, options, cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _reduced.GetStreamingResponseAsync(messages, options, cancellationToken);
}
