using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Reads one case after the other and judges what comes out. For one thread.</summary>
internal sealed class FuzzWorker : IDisposable
{
    private const string Good = """{"id":"next","object":"response","model":"grok-4.7","status":"completed","store":true,"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"next"}]}]}""";

    private static readonly ChatOptions Unstored = new() { AdditionalProperties = new() { ["store"] = false } };
    private readonly BytesTransport _transport = new();
    private readonly BytesTransport _next = new() { Answer = new(Encoding.UTF8.GetBytes(Good)) { ContentType = "application/json" } };
    private readonly GrokChatClient _grok;
    private readonly GrokChatClient _then;
    private readonly Dictionary<(string Seed, bool IsConversation), string> _meanings = [];

    public FuzzWorker() => (_grok, _then) = (_transport.NewGrok(), _next.NewGrok());

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

    /// <summary>All of the library's own work on a case.</summary>
    private async Task<(Reading Reading, string? Wrong)> ReadAndCheckAsync(FuzzCase one)
    {
        using var cancellation = new CancellationTokenSource();
        var store = one.IsConversation ? new InMemoryConversationStore() : null;
        var conversations = store is null ? null : new ConversationChatClient(_grok, store);
        var reading = await ReadAsync(one, conversations is null ? _grok : conversations, cancellation);
        if (_transport.Open != 0)
        {
            return (reading, "the body was not let go");
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
            return (reading, $"what came out cannot be used: {e}");
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

    /// <summary>Whatever came out can be looked at, written as JSON, and sent back as history.</summary>
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

    /// <summary>The conversation goes on from it.</summary>
    private async Task<string?> GoOnAsync(ConversationChatClient conversations, ChatResponse answer)
    {
        (_transport.Answer, _transport.Stop) = (_next.Answer, null);
        var results = answer.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly)
            .Select(static c => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(c.CallId, "done")]));
        var next = await conversations.GetResponseAsync([.. results, new(ChatRole.User, "go on")], new() { ConversationId = answer.ConversationId });
        return next.ConversationId == answer.ConversationId && next.Text == "next" ? null : "the conversation does not go on";
    }

    private async Task<string?> JudgeAsync(FuzzCase one, Reading reading) =>
        Judge.OnFailure(one, reading) ?? Judge.OnAnswer(one, reading)
            ?? (one.KeepsMeaning && one.CancelsAt is null && reading.Meaning is var meaning && await MeaningAsync(one) is var original && !one.IsConversation && meaning != original
                ? $"it means something else: {meaning}\n--- instead of: {original}" : null);

    /// <summary>What the answer means that the case began from.</summary>
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

/// <summary>What became of a case.</summary>
/// <param name="Outcome">What came out, as one word.</param>
/// <param name="Wrong">What is wrong with that; null when nothing is.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Allocated">How many bytes were allocated for it.</param>
/// <param name="Pieces">In how many pieces it was read.</param>
internal sealed record Verdict(string Outcome, string? Wrong, TimeSpan Time, long Allocated, long Pieces);
