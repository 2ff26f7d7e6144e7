namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Records the exchanges of an <see cref="HttpClient"/> without delaying its responses.</summary>
internal sealed class RecordingHandler(Action<RecordedExchange> add, HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    /// <summary>The path and the query to record, where they differ from those of the request.</summary>
    public static readonly HttpRequestOptionsKey<string> PathKey = new("recorded-path");

    private static readonly string[] KeptHeaders = ["x-request-id", "retry-after", "x-should-retry", "x-zero-data-retention"];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var start = time.GetTimestamp();
        var response = await base.SendAsync(request, cancellationToken);
        var headers = new Dictionary<string, string> { ["content-type"] = response.Content.Headers.ContentType?.ToString() ?? "" };
        foreach (var name in KeptHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                headers[name] = values.First();
            }
        }

        var content = new StreamContent(new RecordingStream(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            () => (long)time.GetElapsedTime(start).TotalMilliseconds,
            (chunks, isCut) => add(new RecordedExchange(
                request.Method.Method, request.Options.TryGetValue(PathKey, out var path) ? path : request.RequestUri!.PathAndQuery, body, (int)response.StatusCode, headers, chunks, isCut))));
        foreach (var (name, values) in response.Content.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
        return response;
    }
}
