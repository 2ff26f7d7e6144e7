namespace Connectors.Grok;

/// <summary>Categories of content for <see cref="GrokChatOptionsExtensions.WithGuidelines"/>.</summary>
public static class GrokGuidelines
{
    /// <summary>Sexual content. Educational and clinical questions are still answered.</summary>
    public const string Nsfw = "nsfw";

    /// <summary>Graphic depictions of violence. History and news without graphic detail are still answered.</summary>
    public const string Violence = "violence";

    /// <summary>Profanity, and highly offensive language.</summary>
    public const string Profanity = "profanity";
}
