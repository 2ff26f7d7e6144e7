using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Records the responses of the emulator, which itself records the requests.</summary>
internal sealed partial class Wire(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly List<string> _replies = [];

    /// <summary>The ids of the responses so far, one for each successful request.</summary>
    public IReadOnlyList<string> Ids => [.. _replies.Select(static r => Id().Match(r).Groups["value"].Value)];

    /// <summary>The encrypted reasoning of the responses.</summary>
    public IReadOnlyList<string> Blobs => [.. _replies.SelectMany(static r => Blob().Matches(r).Select(static m => m.Groups["value"].Value).Distinct(StringComparer.Ordinal))];

    /// <summary>Returns the encrypted reasoning of a request, in order.</summary>
    public static IReadOnlyList<string> GetBlobs(RecordedRequest request) =>
        [.. request.Items.Where(static i => i.TryGetProperty("encrypted_content", out _)).Select(static i => i.GetProperty("encrypted_content").GetString()!)];

    public static string[] GetTools(RecordedRequest request) => request.Json?.TryGetProperty("tools", out var tools) == true
        ? [.. tools.EnumerateArray().Select(static t => t.TryGetProperty("name", out var name) ? name.GetString()! : t.GetProperty("type").GetString()!)]
        : [];

    public static JsonElement? Member(RecordedRequest request, string name) => request.Json?.TryGetProperty(name, out var value) == true ? value : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            _replies.Add(await response.Content.ReadAsStringAsync(cancellationToken));
        }

        return response;
    }

    [GeneratedRegex("\"id\":\"(?<value>[0-9a-f]{8}-[0-9a-f-]{27})\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("\"encrypted_content\":\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blob();
}
