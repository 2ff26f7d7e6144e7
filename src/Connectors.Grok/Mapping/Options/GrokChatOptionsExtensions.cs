using System.Diagnostics.Contracts;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Options;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Options of xAI's Responses API that <see cref="ChatOptions"/> has no member for. Each method returns a copy; the original options are not changed.</summary>
/// <remarks>
/// Options with a member are set there: <c>ConversationId</c>, <c>AllowMultipleToolCalls</c>, <c>MaxOutputTokens</c>, <c>Reasoning</c>, <c>Seed</c>,
/// <c>TopK</c>. The methods set <see cref="GrokKeys.Request"/> in <see cref="ChatOptions.AdditionalProperties"/>. xAI's pages:
/// <see href="https://docs.x.ai/docs/guides/chat">Chat</see>, <see href="https://docs.x.ai/docs/guides/tools/overview">Tools</see>.
/// </remarks>
public static class GrokChatOptionsExtensions
{
    /// <summary>Sets whether the service stores the request and its response. Unset, <see cref="GrokChatClientOptions.Store"/> applies.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="store">Whether to store. False is not possible together with a <c>ConversationId</c>.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStore(this ChatOptions options, bool store) => With(options, GrokKeys.Request.Store, store);

    /// <summary>Continues a stored response when <c>ChatOptions.ConversationId</c> names none, such as on the first turn of a named conversation.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="responseId">The id of the response.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="responseId"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithPreviousResponseId(this ChatOptions options, string responseId) => WithText(options, GrokKeys.Request.PreviousResponseId, responseId);

    /// <summary>Requests additional data in the answer, such as <c>reasoning.encrypted_content</c>. Replaces an earlier list.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="include">The data to include.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException">An entry is null or blank, or <paramref name="options"/> or <paramref name="include"/> is null.</exception>
    [Pure]
    public static ChatOptions WithInclude(this ChatOptions options, params string[] include)
    {
        ArgumentNullException.ThrowIfNull(include);
        return include.Any(string.IsNullOrWhiteSpace)
            ? throw new ArgumentException("An entry is null or blank.", nameof(include))
            : With(options, GrokKeys.Request.Include, include.ToArray());
    }

    /// <summary>
    /// Sets your own id of the call, which is sent as the header <c>x-client-request-id</c> with each of its attempts, and is in exceptions
    /// (<see cref="GrokException.ClientRequestId"/>), logs and activities. Unset, each call gets a new UUID.
    /// </summary>
    /// <param name="options">The options; not changed. Calls with the same options, such as those of a function loop, share the id.</param>
    /// <param name="id">The id: 1 to 256 visible ASCII characters.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is null or has other characters, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithClientRequestId(this ChatOptions options, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return With(options, GrokKeys.Request.ClientRequestId, ClientRequestIds.Check(id)!);
    }

    /// <summary>Sets your own id of the end user.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="user">The id.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="user"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithUser(this ChatOptions options, string user) => WithText(options, GrokKeys.Request.User, user);

    /// <summary>Sets a hashed id of the end user, by which the service identifies users who violate its guidelines.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="identifier">The hashed id.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="identifier"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithSafetyIdentifier(this ChatOptions options, string identifier) => WithText(options, GrokKeys.Request.SafetyIdentifier, identifier);

    /// <summary>Sets one stable value per conversation, so that its requests hit the same prompt cache. The conversation client sets its own.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="key">The value.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithPromptCacheKey(this ChatOptions options, string key) => WithText(options, GrokKeys.Request.PromptCacheKey, key);

    /// <summary>Requests a service tier; <see cref="GrokAnswerExtensions.GetServiceTier(ChatResponse)"/> returns the one that was used.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="tier">A tier of <see cref="GrokServiceTiers"/>. Priority costs more, and only when the answer says that it was granted.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="tier"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithServiceTier(this ChatOptions options, string tier) => WithText(options, GrokKeys.Request.ServiceTier, tier);

    /// <summary>Drops tokens that are much less probable than the most probable one.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="minP">The share of the most probable token's probability that a token needs, 0 to 1.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="minP"/> is not from 0 to 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithMinP(this ChatOptions options, double minP) => minP is >= 0 and <= 1
        ? With(options, GrokKeys.Request.MinP, minP)
        : throw new ArgumentOutOfRangeException(nameof(minP), minP, "Min-p is a number from 0 to 1.");

    /// <summary>Makes the model decline categories of content; the others keep the service's default. Replaces an earlier list.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="declined">The categories, such as those of <see cref="GrokGuidelines"/>. An answer has no mark that it was declined: the model says so in its own words.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException">A category is null or blank, or <paramref name="options"/> or <paramref name="declined"/> is null.</exception>
    [Pure]
    public static ChatOptions WithGuidelines(this ChatOptions options, params string[] declined)
    {
        ArgumentNullException.ThrowIfNull(declined);
        return declined.Any(string.IsNullOrWhiteSpace)
            ? throw new ArgumentException("A category is null or blank.", nameof(declined))
            : With(options, GrokKeys.Request.Guidelines, declined.ToArray());
    }

    /// <summary>Limits the rounds of hosted tools that the service runs.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="turns">The maximum number of rounds, at least 1.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="turns"/> is less than 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithMaxTurns(this ChatOptions options, int turns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        return With(options, GrokKeys.Request.MaxTurns, turns);
    }

    /// <summary>Requests that the arguments of function calls are streamed in pieces. The client returns a call when it is complete in either case.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="stream">Whether to stream the arguments; the service's default is false.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStreamToolCalls(this ChatOptions options, bool stream = true) => With(options, GrokKeys.Request.StreamToolCalls, stream);

    /// <summary>Requests log probabilities; newer models ignore the option.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="alternatives">The number of alternatives with log probabilities; 0 for none.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alternatives"/> is negative.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithLogProbs(this ChatOptions options, int alternatives = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        var copy = With(options, GrokKeys.Request.LogProbs, true);
        return alternatives == 0 ? copy : With(copy, GrokKeys.Request.TopLogProbs, alternatives);
    }

    /// <summary>Sets the <c>strict</c> flag of the response format's schema, and of functions that have none of their own.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="strict">The flag.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStrictSchema(this ChatOptions options, bool strict = true) => With(options, GrokKeys.Request.Strict, strict);

    /// <summary>Makes an option that xAI does not support a <see cref="NotSupportedException"/>, rather than dropping and logging it.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="strict">Whether unsupported options throw.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStrictOptions(this ChatOptions options, bool strict = true) => With(options, GrokKeys.Request.StrictOptions, strict);

    /// <summary>Sets members of the request that this library does not know. They win over every other option.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="body">The members, by their names on the wire; copied.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="body"/> is null.</exception>
    [Pure]
    public static ChatOptions WithExtraBody(this ChatOptions options, JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return With(options, GrokKeys.Request.ExtraBody, PlainJson.ToElement(body));
    }

    private static ChatOptions WithText(ChatOptions options, string key, string value, [CallerArgumentExpression(nameof(value))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        return With(options, key, value);
    }

    private static ChatOptions With(ChatOptions options, string key, object value)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.Clone();
        (copy.AdditionalProperties ??= [])[key] = value;
        return copy;
    }
}
