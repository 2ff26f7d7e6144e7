using System.Diagnostics.Contracts;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping.Options;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Options of xAI's Responses API that <see cref="ChatOptions"/> has no member for. Each method returns a copy; the options it is called on stay as they are.</summary>
/// <remarks>
/// What has a member is set there: <c>ConversationId</c>, <c>AllowMultipleToolCalls</c>, <c>MaxOutputTokens</c>, <c>Reasoning</c>, <c>Seed</c>,
/// <c>TopK</c>. The methods set <see cref="GrokKeys.Request"/> in <see cref="ChatOptions.AdditionalProperties"/>. xAI's pages:
/// <see href="https://docs.x.ai/docs/guides/chat">Chat</see>, <see href="https://docs.x.ai/docs/guides/tools/overview">Tools</see>.
/// </remarks>
public static class GrokChatOptionsExtensions
{
    /// <summary>Decides for one request whether the service stores it; without, the client's <see cref="GrokChatClientOptions.Store"/> decides.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="store">Whether to store. False is not possible together with a <c>ConversationId</c>.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStore(this ChatOptions options, bool store) => With(options, GrokKeys.Request.Store, store);

    /// <summary>Continues a stored response where <c>ChatOptions.ConversationId</c> names none, such as the first turn of a named conversation.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="responseId">The id of the response.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="responseId"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithPreviousResponseId(this ChatOptions options, string responseId) => WithText(options, GrokKeys.Request.PreviousResponseId, responseId);

    /// <summary>Asks for more than the answer holds by default, such as <c>reasoning.encrypted_content</c>. Replaces what was asked for before.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="include">What the answer shall hold.</param>
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

    /// <summary>Names the end user by your own id.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="user">The id.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="user"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithUser(this ChatOptions options, string user) => WithText(options, GrokKeys.Request.User, user);

    /// <summary>Names the end user by a hashed id, with which the service tells apart who violates its guidelines.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="identifier">The hashed id.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="identifier"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithSafetyIdentifier(this ChatOptions options, string identifier) => WithText(options, GrokKeys.Request.SafetyIdentifier, identifier);

    /// <summary>Sets one stable value per conversation, so that its requests meet the same prompt cache. The conversation client sets its own.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="key">The value.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithPromptCacheKey(this ChatOptions options, string key) => WithText(options, GrokKeys.Request.PromptCacheKey, key);

    /// <summary>Asks for a service tier; <see cref="GrokAnswerExtensions.GetServiceTier(ChatResponse)"/> tells the one that was used.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="tier"><c>default</c> or <c>priority</c>.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentException"><paramref name="tier"/> is null or blank, or <paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithServiceTier(this ChatOptions options, string tier) => WithText(options, GrokKeys.Request.ServiceTier, tier);

    /// <summary>Limits the rounds of tools that the service runs by itself.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="turns">The most rounds, at least 1.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="turns"/> is less than 1.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithMaxTurns(this ChatOptions options, int turns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        return With(options, GrokKeys.Request.MaxTurns, turns);
    }

    /// <summary>Streams the arguments of function calls in many pieces. The connector hands a call over when it is complete in either case.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="stream">Whether to; the service's default is false.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStreamToolCalls(this ChatOptions options, bool stream = true) => With(options, GrokKeys.Request.StreamToolCalls, stream);

    /// <summary>Asks for log probabilities; newer models ignore it.</summary>
    /// <param name="options">The options; not changed.</param>
    /// <param name="alternatives">How many alternatives come along with theirs; 0 for none.</param>
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
    /// <param name="strict">Whether to.</param>
    /// <returns>A copy of the options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [Pure]
    public static ChatOptions WithStrictOptions(this ChatOptions options, bool strict = true) => With(options, GrokKeys.Request.StrictOptions, strict);

    /// <summary>Sets members of the request that this library does not know. They beat every other option.</summary>
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
