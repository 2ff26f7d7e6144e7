using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Reads cases one after the other and checks the results. Not safe for concurrent use.</summary>
internal sealed class FuzzWorker : IDisposable
{
    private const string Good = """{"id":"next","object":"response","model":"grok-4.7","status":"completed","store":true,"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"next"}]}]}""";

    private static readonly ChatOptions Unstored = new() { AdditionalProperties = new() { ["store"] = false } };
    private readonly BytesTransport _transport = new();
    private readonly BytesTransport _next = new() { Answer = new(Encoding.UTF8.GetBytes(Good)) { ContentType = "application/json" } };
    private readonly GrokChatClient _grok;
    private readonly GrokChatClient _then;
    private readonly Dictionary<(string Seed, bool IsConversation), string> _meanings = [];

    public FuzzWorker() => (_grok, _then) = (_transport.NewGrok(static o => o.AlwaysStream = false), _next.NewGrok(static o => o.AlwaysStream = false));

    /// <summary>Reads a case.</summary>
    public async Task<Verdict> RunAsync(FuzzCase one)
    {
        var thread = Environment.CurrentManagedThreadId;
        var (began, allocated, pieces) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), _transport.Pieces);
        var (reading, wrong) = await ReadAndCheckAsync(one);
        var bytes = Environment.CurrentManagedThreadId == thread ? GC.GetAllocatedBytesForCurrentThread() - allocated : 0;
        var time = Stopwatch.GetElapsedTime(began);
        return new Verdict(reading.Outcome, wrong ?? await JudgeAsync(one, reading), time, bytes, _transport.Pieces - pieces);
    }

    public void Dispose()
    {
        _grok.Dispose();
        _then.Dispose();
        _transport.Dispose();
        _next.Dispose();
    }

    /// <summary>Runs the library on a case.</summary>
    private async Task<(Reading Reading, string? Wrong)> ReadAndCheckAsync(FuzzCase one)
    {
        using var cancellation = new CancellationTokenSource();
        var store = one.IsConversation ? new InMemoryConversationStore() : null;
        var conversations = store is null ? null : new ConversationChatClient(_grok, store);
        var reading = await ReadAsync(one, conversations is null ? _grok : conversations, cancellation);
        if (_transport.Open != 0)
        {
            return (reading, "the body was not disposed");
        }

        if (reading.Failure is not null && conversations is not null && await conversations.Conversations.ListAsync().AnyAsync())
        {
            return (reading, "a turn is kept whose answer is not whole");
        }

        try
        {
            return (reading, reading.Answer is not { } answer ? null : store is null ? await SendBackAsync(answer) : await GoOnAsync(conversations!, answer));
        }
        catch (Exception e)
        {
            return (reading, $"the result cannot be used: {e}");
        }
    }

    private async Task<Reading> ReadAsync(FuzzCase one, IChatClient client, CancellationTokenSource cancellation)
    {
        _transport.Answer = one.Answer;
        _transport.Cuts = new Random(one.Cuts);
        _transport.Stop = one.CancelsAt is { } at ? (at, _ => cancellation.Cancel()) : null;
        var updates = new List<ChatResponseUpdate>();
        try
        {
            if (!one.IsStreamed)
            {
                return new Reading([], await client.GetResponseAsync("q", cancellationToken: cancellation.Token), null);
            }

            await foreach (var update in client.GetStreamingResponseAsync("q", cancellationToken: cancellation.Token))
            {
                updates.Add(update);
            }

            return new Reading(updates, updates.ToChatResponse(), null);
        }
        catch (Exception e)
        {
            return new Reading(updates, null, e);
        }
    }

    /// <summary>Checks that the result can be inspected, written as JSON, and sent back as history.</summary>
    private async Task<string?> SendBackAsync(ChatResponse answer)
    {
        _ = answer.ToString() + answer.Text;
        foreach (var content in answer.Messages.SelectMany(static m => m.Contents))
        {
            _ = $"{content}{content.RawRepresentation}{string.Join(',', content.AdditionalProperties?.Select(static p => $"{p}") ?? [])}";
        }

        var json = JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)));
        var restored = (ChatResponse)JsonSerializer.Deserialize(json, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)))!;
        foreach (var messages in (IList<ChatMessage>[])[answer.Messages, restored.Messages])
        {
            List<ChatMessage> history = [new(ChatRole.User, "q"), .. messages];
            var open = messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly);
            history.AddRange(open.Select(static c => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(c.CallId, "done")])));
            history.Add(new(ChatRole.User, "go on"));
            await _then.GetResponseAsync(history, Unstored);
            using var sent = JsonDocument.Parse(_next.Sent.GetBuffer().AsMemory(0, (int)_next.Sent.Length));
        }

        return null;
    }

    /// <summary>Checks that the conversation continues from the answer.</summary>
    private async Task<string?> GoOnAsync(ConversationChatClient conversations, ChatResponse answer)
    {
        (_transport.Answer, _transport.Stop) = (_next.Answer, null);
        var results = answer.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly)
            .Select(static c => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(c.CallId, "done")]));
        var next = await conversations.GetResponseAsync([.. results, new(ChatRole.User, "go on")], new() { ConversationId = answer.ConversationId });
        return next.ConversationId == answer.ConversationId && next.Text == "next" ? null : "the conversation does not continue";
    }

    private async Task<string?> JudgeAsync(FuzzCase one, Reading reading) =>
        Judge.OnFailure(one, reading) ?? Judge.OnAnswer(one, reading)
            ?? (one.KeepsMeaning && one.CancelsAt is null && reading.Meaning is var meaning && await MeaningAsync(one) is var original && !one.IsConversation && meaning != original
                ? $"its meaning differs: {meaning}\n--- instead of: {original}" : null);

    /// <summary>Gets the meaning of the original answer.</summary>
    private async Task<string> MeaningAsync(FuzzCase one)
    {
        if (!_meanings.TryGetValue((one.Seed.Name, one.IsStreamed), out var meaning))
        {
            var plain = one with { Answer = one.Seed.ToAnswer(), CancelsAt = null, IsConversation = false };
            meaning = _meanings[(one.Seed.Name, one.IsStreamed)] = (await ReadAsync(plain, _grok, new CancellationTokenSource())).Meaning;
        }

        return meaning;
    }
}

/// <summary>The result of a case.</summary>
/// <param name="Outcome">The result as one word.</param>
/// <param name="Wrong">The error; null when there is none.</param>
/// <param name="Time">The elapsed time.</param>
/// <param name="Allocated">The allocated bytes.</param>
/// <param name="Pieces">The number of pieces read.</param>
internal sealed record Verdict(string Outcome, string? Wrong, TimeSpan Time, long Allocated, long Pieces);
