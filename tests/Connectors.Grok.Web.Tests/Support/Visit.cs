using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>A visitor that calls the API as the page does.</summary>
internal sealed class Visit : IDisposable
{
    public Visit(string address, CookieContainer? cookies = null)
    {
        Cookies = cookies ?? new CookieContainer();
        Http = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, MaxConnectionsPerServer = 1000 }) { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
    }

    public CookieContainer Cookies { get; }

    public HttpClient Http { get; }

    public Task<HttpResponseMessage> PostAsync(string path, string json) => Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Sends a message, which should contain <see cref="Marked.Prompt"/>.</summary>
    public async Task<(string Conversation, string Run)> SendAsync(string text, string? conversation = null, string more = "")
    {
        using var response = await PostAsync(
            conversation is null ? "/api/conversations" : $"/api/conversations/{conversation}/messages", $$"""{"text":"{{JsonEncodedText.Encode(text)}}"{{more}}}""");
        return await StartedAsync(response);
    }

    public static async Task<(string Conversation, string Run)> StartedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("conversation").GetString()!, json.RootElement.GetProperty("run").GetString()!);
    }

    /// <summary>Sends a message and waits for the complete answer.</summary>
    public async Task<(string Conversation, string Text)> AskAsync(string text, string? conversation = null, string more = "")
    {
        var (id, run) = await SendAsync(text, conversation, more);
        var events = await EventsAsync(run).ToListAsync();
        Assert.Equal("done", events[^1].EventType);
        return (id, TextOf(events));
    }

    /// <summary>Reads the events of a run to its end.</summary>
    public async IAsyncEnumerable<SseItem<string>> EventsAsync(string run, int? after = null, int? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{run}/events{(after is null ? "" : $"?after={after}")}");
        if (lastEventId is { } last)
        {
            request.Headers.Add("Last-Event-ID", $"{last}");
        }

        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            yield return item;
        }
    }

    /// <summary>Waits until the answer of a run has a text. The emulator's gates say what it sent, which the page's server may not have read yet.</summary>
    public async Task WaitForTextAsync(string run, string text)
    {
        List<SseItem<string>> events = [];
        await foreach (var item in EventsAsync(run))
        {
            events.Add(item);
            if (TextOf(events) == text)
            {
                return;
            }
        }

        Assert.Equal(text, TextOf(events));
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public Task<JsonElement> ConversationAsync(string id, string query = "") => GetAsync($"/api/conversations/{id}{query}");

    public static string TextOf(IEnumerable<SseItem<string>> events) =>
        string.Concat(events.Where(static e => e.EventType == "text").Select(static e => JsonDocument.Parse(e.Data).RootElement.GetProperty("text").GetString()));

    public static MediaTypeHeaderValue Json { get; } = new("application/json");

    public void Dispose() => Http.Dispose();
}
