using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Requests;

/// <summary>The line of a log for a finished request.</summary>
internal static class RequestLine
{
    private const int MaxText = 80;

    public static string Format(RecordedRequest request)
    {
        var text = request.LastUserText is { } last ? $" \"{(last.Length > MaxText ? last[..MaxText] + "…" : last)}\"" : "";
        var answer = (request.CompletedResponseId is { } id ? $" -> {id}" : "") + (request.Problem is { } problem ? $" ({problem})" : "");
        return Printable.Escape($"{request.Method} {request.Path} {request.Status?.ToString() ?? "-"} {request.Model ?? "-"}{text}{answer}");
    }
}
