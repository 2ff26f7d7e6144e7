namespace Connectors.Grok;

/// <summary>The keys of <c>AdditionalProperties</c> that this library reads or writes. Values are plain, so that they survive JSON.</summary>
public static class GrokKeys
{
    /// <summary>On <c>ChatOptions</c>: whether the service stores the request and its response (bool).</summary>
    public const string Store = "store";

    /// <summary>On <c>ChatOptions</c>: whether an option that xAI does not take is an error rather than dropped (bool).</summary>
    public const string StrictOptions = "strict_options";

    /// <summary>On <c>ChatOptions</c>: the stored response to continue, where <c>ChatOptions.ConversationId</c> names none (text).</summary>
    public const string PreviousResponseId = "previous_response_id";

    /// <summary>On <c>ChatOptions</c>: another word for <see cref="PreviousResponseId"/>, which beats it (text).</summary>
    public const string ConversationId = "conversation_id";

    /// <summary>On <c>ChatOptions</c>: what else the answer shall hold (list of texts).</summary>
    public const string Include = "include";

    /// <summary>On <c>ChatOptions</c>: your own id of the end user (text).</summary>
    public const string User = "user";

    /// <summary>On <c>ChatOptions</c>: one stable value per conversation, so that its requests meet the same cache (text).</summary>
    public const string PromptCacheKey = "prompt_cache_key";

    /// <summary>On <c>ChatOptions</c>: whether one answer may hold several function calls (bool).</summary>
    public const string ParallelToolCalls = "parallel_tool_calls";

    /// <summary>On <c>ChatOptions</c>: the most tokens of visible text, at least 1 (int).</summary>
    public const string MaxOutputTokens = "max_output_tokens";

    /// <summary>On <c>ChatOptions</c>: dropped with a word: the service does not keep to it; see <see cref="MaxTurns"/>.</summary>
    public const string MaxToolCalls = "max_tool_calls";

    /// <summary>On <c>ChatOptions</c>: the most rounds of tools that the service runs by itself, at least 1 (int).</summary>
    public const string MaxTurns = "max_turns";

    /// <summary>On <c>ChatOptions</c>: <c>none</c>, <c>minimal</c> (sent as low), <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>.</summary>
    public const string ReasoningEffort = "reasoning_effort";

    /// <summary>On <c>ChatOptions</c>: an object with <c>effort</c> and <c>summary</c>.</summary>
    public const string Reasoning = "reasoning";

    /// <summary>On <c>ChatOptions</c>: the system prompt, where <c>ChatOptions.Instructions</c> is blank (text).</summary>
    public const string Instructions = "instructions";

    /// <summary>On <c>ChatOptions</c>: the tier asked for, <c>default</c> or <c>priority</c>. On an answer's message: the one that was really used.</summary>
    public const string ServiceTier = "service_tier";

    /// <summary>On <c>ChatOptions</c>: whether a function call's arguments are streamed in many pieces (bool).</summary>
    public const string StreamToolCalls = "stream_tool_calls";

    /// <summary>On <c>ChatOptions</c>: top-k sampling (int).</summary>
    public const string TopK = "top_k";

    /// <summary>On <c>ChatOptions</c>: the seed for sampling (long).</summary>
    public const string Seed = "seed";

    /// <summary>On <c>ChatOptions</c>: whether log probabilities come along; newer models ignore it (bool).</summary>
    public const string LogProbs = "logprobs";

    /// <summary>On <c>ChatOptions</c>: how many alternatives come along with their log probabilities (int).</summary>
    public const string TopLogProbs = "top_logprobs";

    /// <summary>On <c>ChatOptions</c>: a hashed id of the end user (text).</summary>
    public const string SafetyIdentifier = "safety_identifier";

    /// <summary>On <c>ChatOptions</c>: <c>text</c>, <c>json_object</c>, a format as in chat completions, or a bare schema, where <c>ChatOptions.ResponseFormat</c> is null.</summary>
    public const string ResponseFormat = "response_format";

    /// <summary>On <c>ChatOptions</c>: an object with a <c>format</c> as in the Responses API; beats <see cref="ResponseFormat"/>.</summary>
    public const string Text = "text";

    /// <summary>On <c>ChatOptions</c>: more tools, offered beside those of <c>ChatOptions.Tools</c> (list of <c>AITool</c>, or of tools as JSON objects).</summary>
    public const string Tools = "tools";

    /// <summary>On <c>ChatOptions</c>: an object whose members go into the request last and beat everything else.</summary>
    public const string ExtraBody = "extra_body";

    /// <summary>On <c>ChatOptions</c>: dropped with a word: the service refuses it.</summary>
    public const string Metadata = "metadata";

    /// <summary>On <c>ChatOptions</c>: dropped with a word: Live Search is retired.</summary>
    public const string SearchParameters = "search_parameters";

    /// <summary>On an image content: how closely the model looks, <c>auto</c>, <c>low</c> or <c>high</c>.</summary>
    public const string ImageDetail = "detail";

    /// <summary>On a function tool or on <c>ChatOptions</c>: the <c>strict</c> flag of functions and schemas (bool).</summary>
    public const string Strict = "strict";

    /// <summary>On a reasoning content: the id of its item. The OpenAI adapter uses the same key.</summary>
    public const string ReasoningItemId = "reasoningItemId";

    /// <summary>On a reasoning content: the model that thought it. Encrypted reasoning goes back to the same family only.</summary>
    public const string ReasoningModel = "reasoningModel";

    /// <summary>On a reasoning content: the name under which the model was asked for, where that was an alias.</summary>
    public const string ReasoningModelAlias = "reasoningModelAlias";

    /// <summary>On a reasoning content: <c>content</c> when the text is the thinking itself and not its summary.</summary>
    public const string ReasoningKind = "reasoningKind";

    /// <summary>In <c>UsageDetails.AdditionalCounts</c>: the price in ticks of 1e-10 USD.</summary>
    public const string CostInUsdTicks = "cost_in_usd_ticks";

    /// <summary>On the result of a tool that the service ran by itself, and on items this library has no word for: the wire item, as JSON text.</summary>
    public const string Item = "grok.item";

    /// <summary>On a plain <c>ToolCallContent</c>: the name of the tool that the service ran.</summary>
    public const string ToolName = "name";

    /// <summary>On a plain <c>ToolCallContent</c>: what the tool was given, as text.</summary>
    public const string ToolInput = "input";

    /// <summary>On an answer's message: the service's id of the request, for its support.</summary>
    public const string RequestId = "request_id";

    /// <summary>On an answer's message: how many requests are left in the current window (long).</summary>
    public const string RemainingRequests = "ratelimit_remaining_requests";

    /// <summary>On an answer's message: how many tokens are left in the current window (long).</summary>
    public const string RemainingTokens = "ratelimit_remaining_tokens";

    /// <summary>On an answer's message, from the conversation client: why the whole conversation was sent anew for it.</summary>
    public const string Rebuilt = "grok.rebuilt";

    /// <summary>On an answer's message, from the conversation client: its turn, by which a history that holds the message is recognised (text).</summary>
    public const string Turn = "grok.turn";

    /// <summary>On an answer's message, from the conversation client: the conversation's id (text).</summary>
    public const string Conversation = "grok.conversation";

    /// <summary>On <c>ChatOptions</c>, for the conversation client: the turn to go on from instead of the last one; empty for the beginning (text).</summary>
    public const string ParentTurn = "grok.parent_turn";

    /// <summary>On an answer's message and its first content, from <c>ForSemanticKernel</c>: the id of its response, where that can be continued (text).</summary>
    public const string ResponseId = "grok.response_id";

    /// <summary>On an answer's message and its first content, from <c>ForSemanticKernel</c>: a hash of all that was said up to and including it (text).</summary>
    public const string Fingerprint = "grok.fingerprint";

    /// <summary>On an answer's message and its first content, from <c>ForSemanticKernel</c>: until when the service keeps the response (text, ISO 8601).</summary>
    public const string ExpiresAt = "grok.expires_at";

    /// <summary>On an answer's message and its first content, from <c>ForSemanticKernel</c>: the model that answered (text).</summary>
    public const string Model = "grok.model";

    /// <summary>On an answer's message and its first content, from <c>ForSemanticKernel</c>: its sealed reasoning, as JSON (text).</summary>
    public const string KeptReasoning = "grok.reasoning";

    /// <summary>On an answer's message, from <c>ForSemanticKernel</c>: why it ended (text).</summary>
    public const string FinishReason = "finish_reason";
}
