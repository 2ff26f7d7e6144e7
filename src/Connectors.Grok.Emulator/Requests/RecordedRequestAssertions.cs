using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Connectors.Grok.Emulator;

/// <summary>Assertions about recorded requests that read like sentences and chain. They need no test framework.</summary>
public static class RecordedRequestAssertions
{
    private const int MaxBodyShown = 2_000;

    /// <summary>Asserts that the request continues this response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="responseId">The id of the response.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContinue(this RecordedRequest request, string responseId) =>
        Should(request, request.PreviousResponseId == responseId, $"continue {responseId}, but it continues {request.PreviousResponseId ?? "nothing"}");

    /// <summary>Asserts that the request continues nothing.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContinueNothing(this RecordedRequest request) =>
        Should(request, request.PreviousResponseId is null, $"continue nothing, but it continues {request.PreviousResponseId}");

    /// <summary>Asserts that the request goes to this model.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The name of the model as sent.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldUseModel(this RecordedRequest request, string model) =>
        Should(request, request.Model == model, $"ask {model}, but it asks {request.Model ?? "no model"}");

    /// <summary>Asserts that the response is to be stored, which is also what the absence of <c>store</c> means.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldBeStored(this RecordedRequest request) =>
        Should(request, request.Member("store") is not { ValueKind: JsonValueKind.False }, "be stored, but it says store:false");

    /// <summary>Asserts that the response is not to be stored.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotBeStored(this RecordedRequest request) =>
        Should(request, request.Member("store") is { ValueKind: JsonValueKind.False }, "say store:false, but it does not");

    /// <summary>Asserts that a stream was asked for.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldStream(this RecordedRequest request) => Should(request, request.IsStreamed, "ask for a stream, but it does not");

    /// <summary>Asserts that the last thing the user says is this.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The text.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldSay(this RecordedRequest request, string text) =>
        Should(request, request.LastUserText == text, $"say \"{text}\", but it says {(request.LastUserText is { } said ? $"\"{said}\"" : "nothing")}");

    /// <summary>Asserts that the input has exactly these items, such as <c>system</c>, <c>user</c> or <c>function_call_output</c>: roles for messages, types for the rest.</summary>
    /// <param name="request">The request.</param>
    /// <param name="items">The items, in order.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldSend(this RecordedRequest request, params string[] items)
    {
        ArgumentNullException.ThrowIfNull(request);
        string[] sent = request.Member("input") is { ValueKind: JsonValueKind.String } ? ["user"] : [.. request.Items.Select(NameOf)];
        return Should(request, sent.SequenceEqual(items, StringComparer.Ordinal), $"send [{string.Join(", ", items)}], but it sends [{string.Join(", ", sent)}]");
    }

    /// <summary>Asserts that the body contains these words somewhere.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The words as they stand in the body.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContain(this RecordedRequest request, string text) =>
        Should(request, request.Body.Contains(text, StringComparison.Ordinal), $"contain \"{text}\", but it does not");

    /// <summary>Asserts that the body does not contain these words.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The words.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotContain(this RecordedRequest request, string text) =>
        Should(request, !request.Body.Contains(text, StringComparison.Ordinal), $"not contain \"{text}\", but it does");

    /// <summary>Asserts that a top-level member has this value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="member">The name of the member.</param>
    /// <param name="json">Its value as JSON.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldHave(this RecordedRequest request, string member, string json)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var expected = JsonDocument.Parse(json);
        var sent = request.Member(member);
        return Should(request, sent is { } value && JsonElement.DeepEquals(value, expected.RootElement), $"have {member} {json}, but it has {sent?.GetRawText() ?? "no such member"}");
    }

    /// <summary>Asserts that a top-level member is absent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="member">The name of the member.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotHave(this RecordedRequest request, string member)
    {
        ArgumentNullException.ThrowIfNull(request);
        var sent = request.Member(member);
        return Should(request, sent is null, $"not have {member}, but it has {sent?.GetRawText()}");
    }

    /// <summary>Asserts that a header has this value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldHaveHeader(this RecordedRequest request, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(request);
        var sent = request.Headers.GetValueOrDefault(name);
        return Should(request, sent == value, $"have the header {name}: {value}, but it has {sent ?? "no such header"}");
    }

    private static string NameOf(JsonElement item) => RecordedRequest.TextOf(item, "role") ?? RecordedRequest.TextOf(item, "type") ?? "?";

    private static RecordedRequest Should(RecordedRequest request, bool holds, string what, [CallerMemberName] string assertion = "")
    {
        if (holds)
        {
            return request;
        }

        var body = request.Body.Length > MaxBodyShown ? request.Body[..MaxBodyShown] + "…" : request.Body;
        throw new EmulatorAssertionException($"{assertion}: {request.Method} {request.Path} should {what}.\nIts body: {body}");
    }
}
