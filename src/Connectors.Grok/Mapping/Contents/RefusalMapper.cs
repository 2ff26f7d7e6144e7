using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Refusal parts ⇄ <see cref="ErrorContent"/>.</summary>
internal static class RefusalMapper
{
    /// <summary>The code of an <see cref="ErrorContent"/> that is the model's refusal; the OpenAI adapter uses the same.</summary>
    private const string RefusalCode = "Refusal";

    public static ErrorContent ToContent(RefusalPart refusal) => new(refusal.Refusal) { ErrorCode = RefusalCode };

    /// <summary>The part to send back; null when the error is no refusal.</summary>
    public static RefusalPart? ToPart(ErrorContent error) => error.ErrorCode == RefusalCode ? new RefusalPart { Refusal = error.Message } : null;
}
