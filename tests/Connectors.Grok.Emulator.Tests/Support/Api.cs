using System.Net;
using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Emulator.Tests.Support;

/// <summary>An emulator on a port and a plain HTTP client, as a program in any language uses it.</summary>
public sealed class Api : IAsyncDisposable
{
    private Api(GrokEmulator emulator)
    {
        Emulator = emulator;
        Http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
    }

    public GrokEmulator Emulator { get; }

    public HttpClient Http { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Api> StartAsync(GrokEmulatorOptions? options = null) => new(await GrokEmulator.StartAsync(options, Token));

    public async Task<Reply> CreateAsync(string json) => await SendAsync(HttpMethod.Post, "/responses", json);

    /// <summary>Sends a user message and returns the response object; the request must succeed.</summary>
    public async Task<JsonElement> SayAsync(string text, string? previous = null, string model = "grok-4.6", string more = "")
    {
        var input = $"\"{JsonEncodedText.Encode(text)}\"";
        var chain = previous is null ? "" : $",\"previous_response_id\":\"{previous}\"";
        var reply = await CreateAsync($"{{\"model\":\"{model}\",\"input\":{input}{chain}{more}}}");
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body);
        return reply.Json;
    }

    public async Task<string> AnswerAsync(string text, string? previous = null) => TextOf(await SayAsync(text, previous));

    public Task<Reply> SendAsync(HttpMethod method, string path, string? json = null) => SendToAsync(method, Emulator.BaseAddress.AbsolutePath + path, json);

    /// <summary>Sends a request to a path that need not be below the base address, with further headers.</summary>
    public async Task<Reply> SendToAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Emulator.BaseAddress, path));
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await Http.SendAsync(request, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        return new Reply(response.StatusCode, body, response);
    }

    public async Task<HttpResponseMessage> OpenStreamAsync(string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Emulator.BaseAddress + "/responses");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public async Task<IReadOnlyList<StreamedEvent>> StreamAsync(string json)
    {
        using var response = await OpenStreamAsync(json);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        return StreamedEvent.Parse(await response.Content.ReadAsStringAsync(Token));
    }

    public static string IdOf(JsonElement response) => response.GetProperty("id").GetString()!;

    public static string TextOf(JsonElement response) =>
        Item(response, "message").GetProperty("content")[0].GetProperty("text").GetString()!;

    public static JsonElement Item(JsonElement response, string type) =>
        response.GetProperty("output").EnumerateArray().First(item => item.GetProperty("type").GetString() == type);

    public static string[] Types(JsonElement response) =>
        [.. response.GetProperty("output").EnumerateArray().Select(item => item.GetProperty("type").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Emulator.DisposeAsync();
    }
}

public sealed record Reply(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    public JsonElement Json { get; } = Body.StartsWith('{') ? JsonDocument.Parse(Body).RootElement : default;

    public string Code => Json.GetProperty("code").GetString()!;

    public string Error => Json.GetProperty("error").GetString()!;

    public string Header(string name) => Message.Headers.GetValues(name).Single();
}

public sealed record StreamedEvent(string? Name, string Data)
{
    public JsonElement Json { get; } = Data.StartsWith('{') ? JsonDocument.Parse(Data).RootElement : default;

    public string Type => Json.GetProperty("type").GetString()!;

    public static IReadOnlyList<StreamedEvent> Parse(string body) =>
    [
        .. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame =>
        {
            var lines = frame.Split('\n');
            return new StreamedEvent(
                lines.FirstOrDefault(line => line.StartsWith("event: ", StringComparison.Ordinal))?["event: ".Length..],
                lines.First(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]);
        }),
    ];
}
