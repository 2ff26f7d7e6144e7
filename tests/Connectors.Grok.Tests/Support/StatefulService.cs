using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>
/// A service that stores answers and continues them by id, as xAI's does, and keeps what the model saw: the stored messages with the new
/// ones. It rejects what xAI's rejects: unknown ids, calls without results, results without calls.
/// </summary>
internal sealed class StatefulService : IChatClient, IHistoryCompactor
{
    private readonly Dictionary<string, List<ChatMessage>> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _instructions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ChatMessage>> _summaries = new(StringComparer.Ordinal);
    private int _answers;

    /// <summary>What the model saw for the last answer.</summary>
    public List<ChatMessage> Seen { get; private set; } = [];

    /// <summary>The number of messages of the last request.</summary>
    public int Sent { get; private set; }

    /// <summary>How many requests fail with a server error before one is answered.</summary>
    public int Failures { get; set; }

    /// <summary>How many compactions fail with a server error before one is made.</summary>
    public int CompactionFailures { get; set; }

    /// <summary>What happens while the next compaction is made; null for nothing.</summary>
    public Func<Task>? Compacting { get; set; }

    /// <summary>What the next request waits for before it is answered; null for nothing.</summary>
    public Task? Hold { get; set; }

    /// <summary>Deletes every stored answer.</summary>
    public void Forget() => _stored.Clear();

    /// <summary>Loses the key of every summary.</summary>
    public void ForgetSummaries() => _summaries.Clear();

    /// <summary>Deletes one stored answer.</summary>
    public void Forget(Random random)
    {
        if (_stored.Count > 0)
        {
            _stored.Remove(_stored.Keys.ElementAt(random.Next(_stored.Count)));
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = Answer(messages, options);
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var content in response.Messages[0].Contents)
        {
            yield return new(ChatRole.Assistant, [content]) { ResponseId = response.ResponseId, MessageId = response.ResponseId, ModelId = response.ModelId };
        }

        yield return new(ChatRole.Assistant, (IList<AIContent>)[])
        {
            ResponseId = response.ResponseId,
            MessageId = response.ResponseId,
            ModelId = response.ModelId,
            ConversationId = response.ConversationId,
            FinishReason = response.FinishReason,
        };
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Hold is { } hold)
        {
            Hold = null;
            await hold.ConfigureAwait(false);
        }

        return Answer(messages, options);
    }

    /// <summary>Returns a summary that loses nothing: the model sees the messages for which it stands.</summary>
    public async Task<ChatResponse> CompactAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        if (Compacting is { } happens)
        {
            Compacting = null;
            await happens().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (CompactionFailures > 0)
        {
            CompactionFailures--;
            throw new GrokException(GrokErrorKind.Server, "Not now.");
        }

        var id = $"c{++_answers}";
        _summaries[id] = [.. options?.Instructions is { } instructions ? [new(ChatRole.System, instructions)] : (ChatMessage[])[], .. Answered([.. messages.SelectMany(Expand)], [])];
        Check(_summaries[id]);
        var summary = new CompactionItem { Id = id, EncryptedContent = id };
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. HostedMapper.ToContents(summary)]) { MessageId = id }) { ResponseId = id };
    }

    public long? LimitOf(string model) => null;

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(IHistoryCompactor) ? this : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("xai", null, "grok-4.7") : null;

    public void Dispose()
    {
    }

    private ChatResponse Answer(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        if (Failures > 0)
        {
            Failures--;
            throw new GrokException(GrokErrorKind.Server, "Not now.");
        }

        List<ChatMessage> seen = [];
        if (options?.ConversationId is { } previous)
        {
            seen.AddRange(_stored.TryGetValue(previous, out var stored) ? stored : throw new GrokException(GrokErrorKind.UnknownResponse, $"Response with id={previous} not found"));
        }

        // The Grok client knows under which instructions an answer was given, and sends those of a continued answer once.
        var known = options?.ConversationId is { } continued ? _instructions.GetValueOrDefault(continued) : null;
        if (!string.IsNullOrWhiteSpace(options?.Instructions) && options.Instructions != known)
        {
            seen.Add(new(ChatRole.System, options.Instructions));
        }

        // The Grok client leaves out calls without results, and results of calls that neither the request nor the stored answer makes.
        var sent = Answered([.. messages.SelectMany(Expand)], seen);
        seen.AddRange(sent);
        Check(seen);
        (Seen, Sent) = (seen, sent.Count);
        var id = $"r{++_answers}";
        var wish = seen[^1].Text;
        List<AIContent> contents = [new TextReasoningContent($"thought {id}") { ProtectedData = $"blob {id}" }];
        contents.Add(wish.Contains("call", StringComparison.Ordinal) ? new FunctionCallContent($"call {id}", "f", new Dictionary<string, object?> { ["n"] = _answers })
            : wish.Contains("refuse", StringComparison.Ordinal) ? new ErrorContent($"refused {id}") { ErrorCode = "Refusal" }
            : new TextContent($"answer {id}"));
        var answer = new ChatMessage(ChatRole.Assistant, contents) { MessageId = id };
        var isStored = options?.AdditionalProperties?.TryGetValue(GrokKeys.Request.Store, out var store) != true || store is not false;
        if (isStored)
        {
            _stored[id] = [.. seen, answer];
            _instructions[id] = options?.Instructions ?? known;
        }

        var hasCall = contents.Exists(static c => c is FunctionCallContent);
        return new(answer)
        {
            ResponseId = id,
            ConversationId = isStored ? id : null,
            ModelId = options?.ModelId ?? "grok-4.7",
            FinishReason = hasCall ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
    }

    private IEnumerable<ChatMessage> Expand(ChatMessage message) =>
        message.Contents.Select(HostedMapper.ToItem).OfType<CompactionItem>().FirstOrDefault() is not { } summary ? [message]
            : _summaries.TryGetValue(summary.EncryptedContent!, out var messages) ? messages
            : throw new GrokException(GrokErrorKind.EncryptedContentRejected, "Could not decode the compaction blob.");

    private static List<ChatMessage> Answered(List<ChatMessage> messages, List<ChatMessage> stored)
    {
        var both = AnsweredCalls([.. stored.Where(static m => m.Role == ChatRole.Assistant).TakeLast(1), .. messages]);
        return [.. messages.Select(m => new ChatMessage(m.Role, [.. m.Contents.Where(c => c switch
        {
            FunctionCallContent call => both.Contains(call.CallId),
            FunctionResultContent result => both.Contains(result.CallId),
            _ => true,
        })]))];
    }

    /// <summary>The calls to which a result follows.</summary>
    public static HashSet<string> AnsweredCalls(IEnumerable<ChatMessage> messages)
    {
        var (calls, answered) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var content in messages.SelectMany(static m => m.Contents))
        {
            if (content is FunctionCallContent call)
            {
                calls.Add(call.CallId);
            }
            else if (content is FunctionResultContent result && calls.Contains(result.CallId))
            {
                answered.Add(result.CallId);
            }
        }

        return answered;
    }

    private static void Check(List<ChatMessage> seen)
    {
        var contents = seen.SelectMany(static m => m.Contents).ToList();
        var calls = contents.OfType<FunctionCallContent>().Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
        var results = contents.OfType<FunctionResultContent>().Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
        if (!calls.SetEquals(results))
        {
            throw new GrokException(GrokErrorKind.InvalidRequest, $"Calls {string.Join(',', calls)}, results {string.Join(',', results)}");
        }
    }
}
