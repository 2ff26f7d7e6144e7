using Connectors.Grok.Responses;

namespace Connectors.Grok.Foundation;

/// <summary>Images among input items. Whether xAI stores a request depends on them.</summary>
internal static class InputImages
{
    /// <summary>Whether an item carries an image.</summary>
    public static bool Contains(IEnumerable<ResponseItem> items) => items.Any(static item => item switch
    {
        MessageItem message => message.Content?.Any(static p => p is InputImagePart) == true,
        FunctionCallOutputItem result => result.Output?.Parts?.Any(static p => p is InputImagePart) == true,
        _ => false,
    });
}
