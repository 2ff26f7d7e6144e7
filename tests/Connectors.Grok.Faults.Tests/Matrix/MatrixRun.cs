using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Faults.Tests.Support;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>Causes every fault once through every kind of client, many in parallel. Only timeouts wait for a clock.</summary>
public sealed class MatrixRun : IAsyncLifetime
{
    // No fault takes a hundredth of this time; a call that takes longer hangs.
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(3);
    private readonly ConcurrentDictionary<string, Lazy<Task<WebHost>>> _hosts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _some = new(8);
    private readonly SemaphoreSlim _heavy = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("grok-matrix-").FullName;
    private Dictionary<string, Task<Cell[]>> _cells = [];
    private GrokEmulator _emulator = null!;
    private FaultyFront _front = null!;
    private IWebProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _emulator = await GrokEmulator.StartAsync();
        Answers.Teach(_emulator.Script);
        (_proxy, HttpClient.DefaultProxy) = (HttpClient.DefaultProxy, new DeadProxy());
        _front = await FaultyFront.StartAsync(_emulator.BaseAddress, static name => name switch
        {
            "" => null,
            "hold" => static (exchange, _) => exchange.StallAsync(),
            _ => (exchange, before) => FaultRows.All[int.Parse(name, CultureInfo.InvariantCulture)] is var row && before < row.Times ? row.Happens(exchange) : exchange.PassAsync(),
        });
        // In order, so that the faults of the first tests run first.
        _cells = FaultRows.All.Index().ToDictionary(static r => NameOf(r.Item), r => Task.Run(() => CellsAsync(r.Item, r.Index)));
    }

    internal static string NameOf(FaultRow row) => $"{row.Group}: {row.Name}";

    internal Task<Cell[]> CellsOf(string name) => _cells[name];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll((IEnumerable<Task>)_cells.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var host in _hosts.Values)
        {
            await (await host.Value).DisposeAsync();
        }

        HttpClient.DefaultProxy = _proxy;
        await _front.DisposeAsync();
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _some.Dispose();
        _heavy.Dispose();
    }

    private async Task<Cell[]> CellsAsync(FaultRow row, int index)
    {
        var turn = row.IsHeavy ? _heavy : _some;
        await turn.WaitAsync();
        try
        {
            var whole = row.Forms.HasFlag(Forms.Whole);
            var streamed = row.Forms.HasFlag(Forms.Streamed);
            return
            [
                whole ? await WithinAsync(DirectAsync(row, index, Way.Single)) : Cell.None,
                streamed ? await WithinAsync(DirectAsync(row, index, Way.Whole)) : Cell.None,
                streamed ? await WithinAsync(DirectAsync(row, index, Way.Streamed)) : Cell.None,
                Cell.Merge(
                    await WithinAsync(ConversationAsync(row, index, streamed ? Way.Whole : Way.Single)),
                    streamed ? await WithinAsync(ConversationAsync(row, index, Way.Streamed)) : Cell.None),
                streamed && row is { Temperature: null, Cancels: false } ? await WithinAsync(WebAsync(row, index)) : Cell.None,
            ];
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task<Cell> WithinAsync(Task<Cell> cell)
    {
        try
        {
            return await cell.WaitAsync(Guard, TimeProvider.System);
        }
        catch (TimeoutException) when (!cell.IsCompleted)
        {
            return new Cell("hangs", $"no end within {Guard}");
        }
        catch (Exception e)
        {
            return new Cell("broken", e.ToString());
        }
    }

    /// <summary>The chat client alone.</summary>
    private async Task<Cell> DirectAsync(FaultRow row, int index, Way way)
    {
        var key = $"{index}-direct-{way}";
        using var client = Client(row, way);
        await using var occupied = await OccupyAsync(row, client, key);
        return ToCell(row, await AskAsync(client, row, index, key, way, null), key);
    }

    private Cell ToCell(FaultRow row, Seen seen, string key) => seen.ToCell(row, _front.Count(key), Billed(key), _front.Fetched(key));

    /// <summary>The number of answers to the requests of a key that the emulator completed.</summary>
    private int Billed(string key) => _emulator.Requests.Count(r => r.CompletedResponseId is not null && r.Headers.GetValueOrDefault(FaultyFront.KeyHeader) == key);

    /// <summary>A conversation whose second turn fails; the turns before and after it succeed.</summary>
    private async Task<Cell> ConversationAsync(FaultRow row, int index, Way way)
    {
        var key = $"{index}-conversation-{way}";
        var store = new InMemoryConversationStore();
        using var calm = new GrokChatClient(new Knobs().ToOptions(_front.Address, Marked.Key, isSingle: false)).AsConversationClient(store);
        using var inner = Client(row, way);
        using var client = inner.AsConversationClient(store);
        var options = new ChatOptions { ConversationId = "ticket-4711" };
        await calm.GetResponseAsync($"My name is {Answers.Name}. Remember this.", options);
        var before = await HeadAsync();
        await using var occupied = await OccupyAsync(row, inner, key);
        var seen = await AskAsync(client, row, index, key, way, options);
        var after = await HeadAsync();
        var next = await Seen.OfAsync(() => calm.GetResponseAsync("What's my name? [calm]", options));
        var cell = ToCell(row, seen with { HasConversationId = seen.Failure is null }, key);
        return cell with
        {
            Wrong = cell.Wrong
                ?? (seen.Failure is null == (before == after) ? $"the head was {before} and is {after}" : null)
                ?? (next.Text.Contains(Answers.Name, StringComparison.Ordinal) ? null : $"the next turn: '{next.Text}' {next.Failure}"),
        };

        async Task<string?> HeadAsync() => (await store.FindAsync(new("", "ticket-4711")))?.Head;
    }

    /// <summary>The web sample, called as its page calls it.</summary>
    private async Task<Cell> WebAsync(FaultRow row, int index)
    {
        var key = $"{index}-web";
        var calm = await HostAsync(new Knobs());
        var host = row.IsOccupied ? await WebHost.StartAsync(_emulator, [.. row.Knobs.ToSettings(_front.Address), $"Web:Database={Path.Combine(_folder, "conversations.db")}"]) : await HostAsync(row.Knobs);
        try
        {
            using var first = calm.NewVisit();
            using var visit = host.NewVisit(first.Cookies);
            var (id, _) = await first.AskAsync($"My name is {Answers.Name}. Remember this. {Marked.Prompt}");
            if (row.IsOccupied)
            {
                using var other = host.NewVisit();
                // The call completes with the headers, which never arrive: it is not awaited.
                _ = other.SendAsync(Held(key)).ContinueWith(static t => t.Exception, TaskScheduler.Default);
                await _front.Held(key);
                return await AskWebAsync(row, index, key, id, first, visit);
            }

            return await AskWebAsync(row, index, key, id, first, visit);
        }
        finally
        {
            if (row.IsOccupied)
            {
                await host.DisposeAsync();
            }
        }
    }

    private async Task<Cell> AskWebAsync(FaultRow row, int index, string key, string id, Visit calm, Visit visit)
    {
        using var response = await visit.PostAsync($"/api/conversations/{id}/messages", $$"""{"text":"{{QuestionOf(row, index, key)}}"}""");
        var (words, text, wrong) = response.IsSuccessStatusCode ? await EventsAsync() : (await ProblemOf(await response.Content.ReadAsStringAsync()), "", null);
        // A question without an answer is kept as well.
        var turns = (await calm.ConversationAsync(id)).GetProperty("turns").EnumerateArray().Count(static t => t.GetProperty("kind").GetString() == "answer");
        var (_, next) = await calm.AskAsync($"What's my name? [calm] {Marked.Prompt}", id);
        var (answer, _) = row.Answer;
        var isDone = words.StartsWith("done", StringComparison.Ordinal);
        return new Cell(
            words + (isDone && _front.Fetched(key) > 0 ? ", recovered" : ""),
            wrong
            ?? (isDone && text != answer ? $"the answer '{text}' passes for '{answer}'" : null)
            ?? (!isDone && !row.SaysSomethingElse && !answer.StartsWith(text, StringComparison.Ordinal) ? $"'{text}' is not a prefix of '{answer}'" : null)
            ?? (turns != (isDone ? 2 : 1) ? $"{turns} turns are kept" : null)
            ?? (next.Contains(Answers.Name, StringComparison.Ordinal) ? null : $"the next turn: '{next}'"))
            .WithLost(row, Billed(key), isDone);

        async Task<(string Words, string Text, string? Wrong)> EventsAsync()
        {
            var (_, run) = await Visit.StartedAsync(response);
            var events = await visit.EventsAsync(run).ToListAsync();
            var delivered = Visit.TextOf(events);
            using var last = JsonDocument.Parse(events[^1].Data);
            return events[^1].EventType switch
            {
                "done" => (
                    "done" + (delivered.Contains('\uFFFD', StringComparison.Ordinal) ? ", undecodable bytes as U+FFFD" : "") + Member(last, "cut") + (Member(last, "rebuilt").Length > 0 ? ", rebuilt" : ""),
                    delivered, null),
                "failed" => (await ProblemOf(events[^1].Data) + (delivered.Length > 0 && !events[^1].Data.Contains("\"status\":504", StringComparison.Ordinal) ? ", after a part" : ""), delivered, null),
                var other => (other, delivered, $"the run ended with '{other}'"),
            };
        }

        static string Member(JsonDocument json, string name) =>
            json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? $", as `{value.GetString()}`" : "";
    }

    private static Task<string> ProblemOf(string text)
    {
        using var json = JsonDocument.Parse(text);
        return Task.FromResult($"{json.RootElement.GetProperty("status").GetInt32()} {json.RootElement.GetProperty("code").GetString()}");
    }

    private async Task<Seen> AskAsync(IChatClient client, FaultRow row, int index, string key, Way way, ChatOptions? options)
    {
        var sent = options?.Clone() ?? new ChatOptions();
        sent.Temperature = row.Temperature;
        var question = QuestionOf(row, index, key);
        using var cancel = new CancellationTokenSource();
        var seen = way == Way.Streamed
            ? Seen.OfAsync(client.GetStreamingResponseAsync(question, sent, cancel.Token))
            : Seen.OfAsync(() => client.GetResponseAsync(question, sent, cancel.Token));
        if (row.Cancels)
        {
            await _front.Held(key);
            await cancel.CancelAsync();
        }

        return await seen;
    }

    private static string QuestionOf(FaultRow row, int index, string key) =>
        $"{row.Question} {Marked.Prompt} {FaultyFront.Mark(index.ToString(CultureInfo.InvariantCulture), key)}";

    private static string Held(string key) => $"{Marked.Prompt} {FaultyFront.Mark("hold", key)}";

    /// <summary>Starts a call that gets no answer, and keeps it running until the returned object is disposed, which cancels it. Returns null where the row needs no such call.</summary>
    private async Task<IAsyncDisposable?> OccupyAsync(FaultRow row, GrokChatClient client, string key)
    {
        if (!row.IsOccupied)
        {
            return null;
        }

        var held = new Occupation(client, Held(key));
        await _front.Held(key);
        return held;
    }

    private GrokChatClient Client(FaultRow row, Way way)
    {
        var knobs = way == Way.Single ? row.WholeKnobs : row.Knobs;
        var options = knobs.ToOptions(_front.Address, Marked.Key, way == Way.Single);
        return knobs.IsRude ? new(options, new HttpClient(new RudeHandler())) : new(options);
    }

    private Task<WebHost> HostAsync(Knobs knobs) => _hosts.GetOrAdd(
        string.Join(' ', knobs.ToSettings(_front.Address)),
        _ => new(() => WebHost.StartAsync(_emulator, [.. knobs.ToSettings(_front.Address), $"Web:Database={Path.Combine(_folder, "conversations.db")}"]))).Value;

    /// <summary>The ways in which an answer is requested.</summary>
    private enum Way
    {
        /// <summary>Not streamed, with a single POST.</summary>
        Single,

        /// <summary>Not streamed to the caller, but requested as a stream.</summary>
        Whole,

        Streamed,
    }

    /// <summary>A proxy as the environment may name one, for requests to <c>localhost</c>. Nothing listens there.</summary>
    private sealed class DeadProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => new("http://127.0.0.1:1");

        public bool IsBypassed(Uri host) => host.Host != "localhost";
    }

    /// <summary>Answers a cancellation with an IOException.</summary>
    private sealed class RudeHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (OperationCanceledException e)
            {
                throw new IOException("The request was aborted.", e);
            }
        }
    }

    private sealed class Occupation : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _call;

        public Occupation(GrokChatClient client, string text) => _call = client.GetResponseAsync(text, cancellationToken: _end.Token);

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }
}
