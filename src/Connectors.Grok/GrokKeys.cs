namespace Connectors.Grok;

/// <summary>The keys of <c>AdditionalProperties</c> that this library reads or writes. Values are plain, so that they survive JSON.</summary>
public static class GrokKeys
{
    /// <summary>On <c>ChatOptions</c>: whether the service stores the request and its response (bool).</summary>
    public const string Store = "store";

    /// <summary>On <c>ChatOptions</c>: whether an option that xAI does not take is an error rather than dropped (bool).</summary>
    public const string StrictOptions = "strict_options";

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

    /// <summary>On an answer's message: the tier that was really used, <c>default</c> or <c>priority</c>.</summary>
    public const string ServiceTier = "service_tier";

    /// <summary>On an answer's message: how many requests are left in the current window (long).</summary>
    public const string RemainingRequests = "ratelimit_remaining_requests";

    /// <summary>On an answer's message: how many tokens are left in the current window (long).</summary>
    public const string RemainingTokens = "ratelimit_remaining_tokens";
}
