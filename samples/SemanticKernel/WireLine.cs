using System.Text.Json;

namespace Sample;

/// <summary>Prints the number of items and the status of each request.</summary>
internal sealed class WireLine() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Content is { } content)
        {
            using var body = JsonDocument.Parse(await content.ReadAsStringAsync(cancellationToken));
            var items = body.RootElement.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Array ? input.GetArrayLength() : 1;
            var previous = body.RootElement.TryGetProperty("previous_response_id", out var id) ? $"after {id.GetString()}" : "from the beginning";
            Console.WriteLine($"    [{items} {(items == 1 ? "item" : "items")} {previous}: {(int)response.StatusCode}]");
        }

        return response;
    }
}
