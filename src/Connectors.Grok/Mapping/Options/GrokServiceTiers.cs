namespace Connectors.Grok;

/// <summary>Service tiers for <see cref="GrokChatOptionsExtensions.WithServiceTier"/>. The answer names the tier that was granted, and only that one is billed.</summary>
public static class GrokServiceTiers
{
    /// <summary>The service chooses.</summary>
    public const string Auto = "auto";

    /// <summary>The usual tier.</summary>
    public const string Default = "default";

    /// <summary>Faster processing, at twice the price of every token when it is granted.</summary>
    public const string Priority = "priority";

    /// <summary>The model's fast deployment, where there is one; otherwise the same as <see cref="Priority"/>.</summary>
    public const string Fast = "fast";
}
