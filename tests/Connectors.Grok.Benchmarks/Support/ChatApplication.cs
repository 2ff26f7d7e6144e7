using System.Net;
using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// A web application on loopback with one endpoint, which streams the text of an answer to its caller, and the service behind it, which answers with always the same stream. A call is one
/// turn of a conversation, and <see cref="GoToAsync"/> brings conversations to the turn that is measured.
/// </summary>
internal abstract class ChatApplication : IAsyncDisposable
{
    /// <summary>The text deltas of an answer.</summary>
    public const int Texts = 60;

    private const int Thoughts = 20;
    private const int SealedBytes = 1500;

    private readonly CannedServer _service = new(Payloads.Stream(Texts, Thoughts, SealedBytes));
    private readonly HttpClient _caller = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication? _application;

    /// <summary>The bytes that were sent to the service.</summary>
    public long Sent => _service.Received;

    protected Uri Service => _service.Endpoint;

    protected IServiceProvider Services => _application!.Services;

    /// <summary>Starts the application.</summary>
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{IPAddress.Loopback}:0");
        Register(builder);
        _application = builder.Build();
        _application.MapPost("/chat/{id}", (RequestDelegate)(http => AnswerAsync((string)http.GetRouteValue("id")!, http)));
        await _application.StartAsync();
        _caller.BaseAddress = new Uri(_application.Urls.Single());
    }

    /// <summary>Makes the next turn of a conversation the one with this number.</summary>
    public abstract Task GoToAsync(int turn);

    /// <summary>Makes a turn, as the application's caller.</summary>
    public async Task<Tally> RunAsync(int turn)
    {
        using var question = new StringContent(Payloads.Question);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/chat/{NameOf(turn)}") { Content = question };
        using var answer = await _caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var (count, size) = (0, 0L);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                count++;
                size += line.Length - "data: ".Length;
            }
        }

        return new Tally(count, size);
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        await ReleaseAsync();
        await _service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The name of the conversation whose turn with this number is measured.</summary>
    protected static string NameOf(int turn) => $"ticket-{turn}";

    protected abstract void Register(WebApplicationBuilder builder);

    /// <summary>Answers a question of the caller.</summary>
    protected abstract IAsyncEnumerable<string> AnswerAsync(string id, string question, CancellationToken cancellationToken);

    protected virtual ValueTask ReleaseAsync() => default;

    private async Task AnswerAsync(string id, HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var question = await reader.ReadToEndAsync(http.RequestAborted);
        await TypedResults.ServerSentEvents(AnswerAsync(id, question, http.RequestAborted)).ExecuteAsync(http);
    }
}

/// <summary>This client with conversations: the endpoint passes the question on, and the name of the conversation.</summary>
/// <param name="store">Registers the store.</param>
/// <param name="release">Deletes what the store leaves; null for nothing.</param>
internal sealed class GrokApplication(Action<GrokConversationsBuilder> store, Func<ValueTask>? release = null) : ChatApplication
{
    private const string First = "ticket-0";
    private readonly HashSet<int> _prepared = [];

    private ConversationStore Store => Services.GetRequiredService<ConversationStore>();

    public override async Task GoToAsync(int turn)
    {
        var id = new ConversationId("", NameOf(turn));
        if (_prepared.Add(turn))
        {
            await Store.ImportAsync(id, Copies(await AnsweredAsync(), turn - 1), $"{turn}/{turn - 2}");
            return;
        }

        var info = await Store.FindAsync(id);
        var before = $"{turn}/{turn - 2}";
        if (info!.Head != before)
        {
            await Store.RemoveAsync(id, info.Head!, before, info.Head);
        }
    }

    protected override void Register(WebApplicationBuilder builder) =>
        builder.AddGrokChatClient(options => (options.ApiKey, options.Endpoint) = ("xai-test", Service)).AddConversations(store);

    protected override IAsyncEnumerable<string> AnswerAsync(string id, string question, CancellationToken cancellationToken) =>
        Services.GetRequiredService<IChatClient>().GetStreamingResponseAsync(question, new ChatOptions { ConversationId = id }, cancellationToken)
            .Select(static update => update.Text).Where(static text => text.Length > 0);

    protected override ValueTask ReleaseAsync() => release?.Invoke() ?? default;

    /// <summary>A turn that was made by a call.</summary>
    private async Task<ConversationTurn> AnsweredAsync()
    {
        var id = new ConversationId("", First);
        if (await Store.FindAsync(id) is null)
        {
            await RunAsync(0);
        }

        return (await Store.GetTurnAsync(id.Tenant, (await Store.FindAsync(id))!.Head!))!;
    }

    /// <summary>A line of copies, whose contents are the same and whose ids are not.</summary>
    private static List<ConversationTurn> Copies(ConversationTurn turn, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => turn with
        {
            Id = $"{count + 1}/{i}",
            ParentId = i == 0 ? null : $"{count + 1}/{i - 1}",
            Depth = i,
            ResponseId = $"{count + 1}-{i}",
            StoredResponseIds = [$"{count + 1}-{i}"],
            Fingerprint = $"{count + 1}-{i}",
        }),
    ];
}

/// <summary>The adapter: the endpoint keeps the messages in a list and sends all of them with each turn. Function calls and telemetry are those of Microsoft.Extensions.AI.</summary>
internal sealed class AdapterApplication : ChatApplication
{
    private readonly Dictionary<string, List<ChatMessage>> _histories = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public override async Task GoToAsync(int turn)
    {
        if (!_histories.TryGetValue(NameOf(turn), out var history))
        {
            await RunAsync(turn);
            history = _histories[NameOf(turn)];
            while (history.Count < 2 * (turn - 1))
            {
                history.AddRange([new(ChatRole.User, history[0].Text), new(ChatRole.Assistant, history[1].Text)]);
            }
        }

        history.RemoveRange(2 * (turn - 1), history.Count - (2 * (turn - 1)));
    }

    protected override void Register(WebApplicationBuilder builder) =>
        builder.Services.AddChatClient(Peer.NewAdapter(_client, Service)).UseOpenTelemetry();

    protected override async IAsyncEnumerable<string> AnswerAsync(string id, string question, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_histories.TryGetValue(id, out var history))
        {
            _histories[id] = history = [];
        }

        history.Add(new(ChatRole.User, question));
        var answer = new StringBuilder();
        await foreach (var update in Services.GetRequiredService<IChatClient>().GetStreamingResponseAsync(history, cancellationToken: cancellationToken))
        {
            if (update.Text is { Length: > 0 } text)
            {
                answer.Append(text);
                yield return text;
            }
        }

        history.Add(new(ChatRole.Assistant, answer.ToString()));
    }

    protected override ValueTask ReleaseAsync()
    {
        _client.Dispose();
        return default;
    }
}
