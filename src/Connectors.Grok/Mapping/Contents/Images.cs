using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping;

/// <summary>Whether items carry images, on which xAI's storing depends.</summary>
internal static class Images
{
    public static bool AreIn(IEnumerable<ResponseItem> items) => items.Any(static item => item switch
    {
        MessageItem message => message.Content?.Any(static p => p is InputImagePart) == true,
        FunctionCallOutputItem result => result.Output?.Parts?.Any(static p => p is InputImagePart) == true,
        _ => false,
    });
}
