namespace Connectors.Grok;

/// <summary>The keys of <c>AdditionalProperties</c> that this library reads or writes, grouped by the object that carries them.</summary>
/// <remarks>
/// The strings are stable: saved histories, prompt files and the settings of other libraries contain them, so they never change.
/// Values are plain, so that they survive a round trip through JSON. In code prefer the typed methods: <see cref="GrokChatOptionsExtensions"/> sets,
/// <see cref="GrokAnswerExtensions"/> and <see cref="GrokContentExtensions"/> read.
/// </remarks>
public static class GrokKeys
{
    /// <summary>Keys on <c>ChatOptions</c>. A member of <c>ChatOptions</c> wins over the key with the same meaning; <see cref="ExtraBody"/> wins over both.</summary>
    public static class Request
    {
        /// <summary>Whether the service stores the request and its response (bool). <see cref="GrokChatOptionsExtensions.WithStore"/>.</summary>
        public const string Store = "store";

        /// <summary>Whether an option that xAI does not support is an error rather than dropped (bool). <see cref="GrokChatOptionsExtensions.WithStrictOptions"/>.</summary>
        public const string StrictOptions = "strict_options";

        /// <summary>The stored response to continue, where <c>ChatOptions.ConversationId</c> names none (text). <see cref="GrokChatOptionsExtensions.WithPreviousResponseId"/>.</summary>
        public const string PreviousResponseId = "previous_response_id";

        /// <summary>An alias of <see cref="PreviousResponseId"/>, which wins over it (text).</summary>
        public const string ConversationId = "conversation_id";

        /// <summary>Additional data to include in the answer (list of texts). <see cref="GrokChatOptionsExtensions.WithInclude"/>.</summary>
        public const string Include = "include";

        /// <summary>Your own id of the call, for the header <c>x-client-request-id</c> (text). <see cref="GrokChatOptionsExtensions.WithClientRequestId"/>.</summary>
        public const string ClientRequestId = "grok.client_request_id";

        /// <summary>Your own id of the end user (text). <see cref="GrokChatOptionsExtensions.WithUser"/>.</summary>
        public const string User = "user";

        /// <summary>One stable value per conversation, so that its requests hit the same prompt cache (text). <see cref="GrokChatOptionsExtensions.WithPromptCacheKey"/>.</summary>
        public const string PromptCacheKey = "prompt_cache_key";

        /// <summary>Whether one answer may hold several function calls (bool). In code: <c>ChatOptions.AllowMultipleToolCalls</c>.</summary>
        public const string ParallelToolCalls = "parallel_tool_calls";

        /// <summary>The maximum number of tokens of visible text, at least 1 (int). In code: <c>ChatOptions.MaxOutputTokens</c>.</summary>
        public const string MaxOutputTokens = "max_output_tokens";

        /// <summary>Dropped and logged: the service ignores it. Use <see cref="MaxTurns"/>.</summary>
        public const string MaxToolCalls = "max_tool_calls";

        /// <summary>The maximum number of rounds of hosted tools that the service runs, at least 1 (int). <see cref="GrokChatOptionsExtensions.WithMaxTurns"/>.</summary>
        public const string MaxTurns = "max_turns";

        /// <summary><c>none</c>, <c>minimal</c> (sent as low), <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>. In code: <c>ChatOptions.Reasoning</c>.</summary>
        public const string ReasoningEffort = "reasoning_effort";

        /// <summary>An object with <c>effort</c> and <c>summary</c>. In code: <c>ChatOptions.Reasoning</c>.</summary>
        public const string Reasoning = "reasoning";

        /// <summary>The system prompt, where <c>ChatOptions.Instructions</c> is blank (text).</summary>
        public const string Instructions = "instructions";

        /// <summary>The requested service tier, <c>auto</c>, <c>default</c>, <c>priority</c> or <c>fast</c> (text). <see cref="GrokChatOptionsExtensions.WithServiceTier"/>.</summary>
        public const string ServiceTier = "service_tier";

        /// <summary>Whether a function call's arguments are streamed in many pieces (bool). <see cref="GrokChatOptionsExtensions.WithStreamToolCalls"/>.</summary>
        public const string StreamToolCalls = "stream_tool_calls";

        /// <summary>Top-k sampling, at least 1 (int). In code: <c>ChatOptions.TopK</c>.</summary>
        public const string TopK = "top_k";

        /// <summary>Min-p sampling, 0 to 1 (double). <see cref="GrokChatOptionsExtensions.WithMinP"/>.</summary>
        public const string MinP = "min_p";

        /// <summary>What the model declines: names of categories, or objects as on the wire (list). <see cref="GrokChatOptionsExtensions.WithGuidelines"/>.</summary>
        public const string Guidelines = "guidelines";

        /// <summary>The seed for sampling (long). In code: <c>ChatOptions.Seed</c>.</summary>
        public const string Seed = "seed";

        /// <summary>Whether log probabilities are returned; newer models ignore it (bool). <see cref="GrokChatOptionsExtensions.WithLogProbs"/>.</summary>
        public const string LogProbs = "logprobs";

        /// <summary>The number of alternatives returned with their log probabilities (int). <see cref="GrokChatOptionsExtensions.WithLogProbs"/>.</summary>
        public const string TopLogProbs = "top_logprobs";

        /// <summary>A hashed id of the end user (text). <see cref="GrokChatOptionsExtensions.WithSafetyIdentifier"/>.</summary>
        public const string SafetyIdentifier = "safety_identifier";

        /// <summary><c>text</c>, <c>json_object</c>, a format as in chat completions, or a bare schema, where <c>ChatOptions.ResponseFormat</c> is null.</summary>
        public const string ResponseFormat = "response_format";

        /// <summary>An object with a <c>format</c> as in the Responses API; wins over <see cref="ResponseFormat"/>.</summary>
        public const string Text = "text";

        /// <summary>Additional tools, offered together with those of <c>ChatOptions.Tools</c> (list of <c>AITool</c>, or of tools as JSON objects).</summary>
        public const string Tools = "tools";

        /// <summary>The <c>strict</c> flag of functions and of the response format's schema (bool). <see cref="GrokChatOptionsExtensions.WithStrictSchema"/>.</summary>
        public const string Strict = "strict";

        /// <summary>An object whose members are applied to the request last and win over everything else. <see cref="GrokChatOptionsExtensions.WithExtraBody"/>.</summary>
        public const string ExtraBody = "extra_body";

        /// <summary>Dropped and logged: the service rejects it.</summary>
        public const string Metadata = "metadata";

        /// <summary>Dropped and logged: Live Search is retired.</summary>
        public const string SearchParameters = "search_parameters";

        /// <summary>For the conversation client: the turn to continue from instead of the last one; empty for the beginning (text). <c>WithParentTurn</c>.</summary>
        public const string ParentTurn = "grok.parent_turn";
    }

    /// <summary>Keys on the message of an answer; in a stream on the terminal update. <see cref="GrokAnswerExtensions"/> reads them.</summary>
    public static class Answer
    {
        /// <summary>The service's id of the request, for its support (text).</summary>
        public const string RequestId = "request_id";

        /// <summary>The service tier that was used (text).</summary>
        public const string ServiceTier = "service_tier";

        /// <summary>How many requests are left in the current window (long).</summary>
        public const string RemainingRequests = "ratelimit_remaining_requests";

        /// <summary>How many tokens are left in the current window (long).</summary>
        public const string RemainingTokens = "ratelimit_remaining_tokens";

        /// <summary>From the conversation client: why the whole conversation was resent for it (text, a name of <c>RebuildReason</c>).</summary>
        public const string Rebuilt = "grok.rebuilt";

        /// <summary>From the conversation client: the id of the answer's turn, by which a history that contains the message is recognized (text).</summary>
        public const string Turn = "grok.turn";

        /// <summary>From <c>AsHistoryTrackingClient</c>: why the answer ended (text).</summary>
        public const string FinishReason = "finish_reason";

        /// <summary>From <c>AsHistoryTrackingClient</c>, also on the first content: encrypted reasoning, as JSON (text). A host with a content type of its own for reasoning may remove it.</summary>
        public const string KeptReasoning = "grok.reasoning";
    }

    /// <summary>Keys on contents. <see cref="GrokContentExtensions"/> reads and sets them.</summary>
    public static class Content
    {
        /// <summary>On an image: how closely the model looks, <c>auto</c>, <c>low</c> or <c>high</c> (text).</summary>
        public const string ImageDetail = "detail";

        /// <summary>On reasoning: the id of its item (text). The OpenAI adapter uses the same key.</summary>
        public const string ReasoningItemId = "reasoningItemId";

        /// <summary>On the result of a hosted tool, and on items that this library does not know: the wire item, as JSON (text).</summary>
        public const string Item = "grok.item";

        /// <summary>On a plain <c>ToolCallContent</c>: the name of the tool that the service ran (text).</summary>
        public const string ToolName = "name";

        /// <summary>On a plain <c>ToolCallContent</c>: the tool's input (text).</summary>
        public const string ToolInput = "input";

        /// <summary>On reasoning: the model it came from. Encrypted reasoning is sent back to the same model family only.</summary>
        internal const string ReasoningModel = "reasoningModel";

        /// <summary>On reasoning: the model name of the request, when that was an alias.</summary>
        internal const string ReasoningModelAlias = "reasoningModelAlias";

        /// <summary>On reasoning: <c>content</c> when the text is the reasoning itself and not its summary.</summary>
        internal const string ReasoningKind = "reasoningKind";

        /// <summary>On the content with the encrypted reasoning: its item without it, as JSON, where the texts alone cannot tell how the item was.</summary>
        internal const string ReasoningItem = "reasoningItem";

        /// <summary>On a part of a message that this library does not know: the part, as JSON.</summary>
        internal const string Part = "grok.part";
    }

    /// <summary>Keys on tools.</summary>
    public static class Tool
    {
        /// <summary>On a function: its <c>strict</c> flag (bool). <see cref="Request.Strict"/> decides for functions without one.</summary>
        public const string Strict = "strict";

        /// <summary>On a function or an MCP server: whether its definition is loaded by a tool search only (bool). Decides before <c>HostedToolSearchTool.DeferredTools</c>.</summary>
        public const string DeferLoading = "defer_loading";
    }

    /// <summary>Keys of <c>UsageDetails.AdditionalCounts</c>. Calls of the service's own tools are counted there under the tools' names.</summary>
    public static class Usage
    {
        /// <summary>The price in ticks of 1e-10 USD. <see cref="GrokAnswerExtensions.GetCostInUsd(Microsoft.Extensions.AI.UsageDetails)"/>.</summary>
        public const string CostInUsdTicks = "cost_in_usd_ticks";

        /// <summary>What the prompt cache saved, in ticks of 1e-10 USD, at the list prices of the model. <see cref="GrokAnswerExtensions.GetCacheSavingsInUsd"/>.</summary>
        public const string CacheSavingsInUsdTicks = "cache_savings_in_usd_ticks";

        /// <summary>How many calls of its own tools the service made.</summary>
        public const string ServerSideToolsUsed = "num_server_side_tools_used";

        /// <summary>A counter of the old live search.</summary>
        public const string SourcesUsed = "num_sources_used";
    }

    /// <summary>History tracking: keys that the library sets on its answers to recognize them in a history. Hosts need not read them.</summary>
    internal static class History
    {
        /// <summary>On an answer of the conversation client: the conversation's id (text).</summary>
        public const string Conversation = "grok.conversation";

        /// <summary>The id of the answer's response, where that can be continued (text).</summary>
        public const string ResponseId = "grok.response_id";

        /// <summary>A hash of all messages up to and including the answer (text).</summary>
        public const string Fingerprint = "grok.fingerprint";

        /// <summary>Until when the service keeps the response (text, ISO 8601).</summary>
        public const string ExpiresAt = "grok.expires_at";

        /// <summary>The model that answered (text).</summary>
        public const string Model = "grok.model";

        /// <summary>A keyed hash of the stamp, where <c>HistoryTrackingOptions.HistoryKey</c> is set (text).</summary>
        public const string Signature = "grok.signature";
    }
}
