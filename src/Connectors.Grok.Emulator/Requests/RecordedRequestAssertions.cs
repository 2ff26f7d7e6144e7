using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>Assertions about recorded requests. Each returns the request, so that calls can be chained. No test framework is needed.</summary>
public static class RecordedRequestAssertions
{
    private const int MaxBodyShown = 2_000;

    /// <summary>Asserts that the request continues the given response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="responseId">The id of the response.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContinue(this RecordedRequest request, string responseId) =>
        Should(request, request.PreviousResponseId == responseId, $"continue {responseId}, but it continues {request.PreviousResponseId ?? "nothing"}");

    /// <summary>Asserts that the request has no <c>previous_response_id</c>.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContinueNothing(this RecordedRequest request) =>
        Should(request, request.PreviousResponseId is null, $"continue nothing, but it continues {request.PreviousResponseId}");

    /// <summary>Asserts that the request names the given model.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The name of the model as sent.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldUseModel(this RecordedRequest request, string model) =>
        Should(request, request.Model == model, $"use the model {model}, but it uses {request.Model ?? "no model"}");

    /// <summary>Asserts that the request asks for its response to be stored. A request without <c>store</c> does.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldBeStored(this RecordedRequest request) =>
        Should(request, request.Member("store") is not { ValueKind: JsonValueKind.False }, "be stored, but it has store:false");

    /// <summary>Asserts that the request has <c>store: false</c>.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotBeStored(this RecordedRequest request) =>
        Should(request, request.Member("store") is { ValueKind: JsonValueKind.False }, "have store:false, but it does not");

    /// <summary>Asserts that the request asks for a stream.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldStream(this RecordedRequest request) => Should(request, request.IsStreamed, "ask for a stream, but it does not");

    /// <summary>Asserts that the last user message has the given text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The text.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldSay(this RecordedRequest request, string text) =>
        Should(request, request.LastUserText == text, $"have the last user text \"{text}\", but it has {(request.LastUserText is { } actual ? $"\"{actual}\"" : "no user text")}");

    /// <summary>Asserts that the input has exactly the given items, each named by its role if it is a message and by its type otherwise, such as <c>system</c>, <c>user</c> or <c>function_call_output</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="items">The names of the items, in order.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldSend(this RecordedRequest request, params string[] items)
    {
        ArgumentNullException.ThrowIfNull(request);
        string[] sent = request.Member("input") is { ValueKind: JsonValueKind.String } ? ["user"] : [.. request.Items.Select(NameOf)];
        return Should(request, sent.SequenceEqual(items, StringComparer.Ordinal), $"send [{string.Join(", ", items)}], but it sends [{string.Join(", ", sent)}]");
    }

    /// <summary>Asserts that the body contains the given text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The text as it appears in the body, with JSON escapes.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldContain(this RecordedRequest request, string text) =>
        Should(request, request.Body.Contains(text, StringComparison.Ordinal), $"contain \"{text}\", but it does not");

    /// <summary>Asserts that the body does not contain the given text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The text.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotContain(this RecordedRequest request, string text) =>
        Should(request, !request.Body.Contains(text, StringComparison.Ordinal), $"not contain \"{text}\", but it does");

    /// <summary>Asserts that a top-level member has the given value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="member">The name of the member.</param>
    /// <param name="json">The value of the member, as JSON.</param>
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

    /// <summary>Asserts that a header has the given value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">The value of the header.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldHaveHeader(this RecordedRequest request, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(request);
        var sent = request.Headers.GetValueOrDefault(name);
        return Should(request, sent == value, $"have the header {name}: {value}, but it has {sent ?? "no such header"}");
    }

    /// <summary>Asserts that the request was sent with the given key or token.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credential">The key or the token, without a scheme. The message does not repeat it.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldHaveCredential(this RecordedRequest request, string credential)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Should(request, request.HasCredential(credential), $"have the given credential, but its headers are {string.Join("; ", request.Headers.Select(header => $"{header.Key}: {header.Value}"))}");
    }

    /// <summary>Asserts that a secret occurs in no header, not in the path and not in the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="secret">The secret. The message does not repeat it.</param>
    /// <returns>The request.</returns>
    public static RecordedRequest ShouldNotReveal(this RecordedRequest request, string secret)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return Should(request, !request.Reveals(secret), "not reveal the given secret, but it does");
    }

    private static string NameOf(JsonElement item) => RecordedRequest.TextOf(item, "role") ?? RecordedRequest.TextOf(item, "type") ?? "?";

    private static RecordedRequest Should(RecordedRequest request, bool condition, string expectation, [CallerMemberName] string assertion = "")
    {
        if (condition)
        {
            return request;
        }

        var body = request.Body.Length > MaxBodyShown ? request.Body[..MaxBodyShown] + "…" : request.Body;
        throw new EmulatorAssertionException($"{assertion}: {request.Method} {Printable.Escape(request.Path)} should {Printable.Escape(expectation, keepsLines: true)}.\nIts body: {Printable.Escape(body, keepsLines: true)}");
    }
}
