using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>A chat client that returns scripted answers in order and records its calls. Each answer, update and disposal is a step.</summary>
internal sealed class ScriptedClient(params Func<ChatResponseUpdate[]>[] answers) : IChatClient
{
    private readonly Dictionary<Type, object> _services = [];
    private int _next;

    public Steps? Steps { get; init; }

    /// <summary>The exception that a stream throws instead of ending.</summary>
    public Exception? Break { get; init; }

    /// <summary>The messages and options of each call, copied at the time of the call.</summary>
    public List<(List<ChatMessage> Messages, ChatOptions? Options)> Sent { get; } = [];

    /// <summary>The token of each call.</summary>
    public List<CancellationToken> Tokens { get; } = [];

    /// <summary>The number of disposed streams.</summary>
    public int Released { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>An answer of one update, with the id of the stored response; null when it is not stored.</summary>
    public static ChatResponseUpdate[] Text(string text, string? id = "r1") =>
        [new(ChatRole.Assistant, text) { ResponseId = id ?? "unstored", MessageId = id ?? "unstored", ConversationId = id, FinishReason = ChatFinishReason.Stop, ModelId = "grok-4.7" }];

    public ScriptedClient With<T>(T service)
        where T : class
    {
        _services[typeof(T)] = service;
        return this;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = Ask(messages, options, cancellationToken);
        await Next().ConfigureAwait(false);
        return answer().ToChatResponse();
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        new Answer(this, Ask(messages, options, cancellationToken));

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null ? _services.GetValueOrDefault(serviceType) : null;

    public void Dispose() => IsDisposed = true;

    private Func<ChatResponseUpdate[]> Ask(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        Sent.Add(([.. messages], options?.Clone()));
        Tokens.Add(cancellationToken);
        return answers[_next++];
    }

    private Task Next() => Steps?.NextAsync() ?? Task.CompletedTask;

    private sealed class Answer(ScriptedClient client, Func<ChatResponseUpdate[]> answer) : IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerator<ChatResponseUpdate>
    {
        private ChatResponseUpdate[]? _updates;
        private int _index = -1;

        public ChatResponseUpdate Current => _updates![_index];

        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public async ValueTask<bool> MoveNextAsync()
        {
            await client.Next().ConfigureAwait(false);
            _updates ??= answer();
            return ++_index < _updates.Length || (client.Break is { } failure ? throw failure : false);
        }

        public async ValueTask DisposeAsync()
        {
            await client.Next().ConfigureAwait(false);
            client.Released++;
        }
    }
}
