using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>Collects the options and contents that a mapping drops, for the log.</summary>
/// <param name="isStrict">Whether an unsupported option throws (<c>AdditionalProperties["strict_options"] = true</c>).</param>
/// <param name="dropsContent">Whether unsupported content is dropped instead of throwing.</param>
internal sealed class MappingDiagnostics(bool isStrict, bool dropsContent)
{
    private List<string>? _dropped;

    /// <summary>The dropped options and contents, one phrase each.</summary>
    public IReadOnlyList<string> Dropped => _dropped ?? [];

    /// <summary>Records an option that xAI's API rejects or does not support.</summary>
    /// <exception cref="NotSupportedException">Strict options are set.</exception>
    public void Option(string what)
    {
        if (isStrict)
        {
            throw new NotSupportedException($"xAI's Responses API does not take {what}, and {GrokKeys.Request.StrictOptions} is set.");
        }

        Content(what);
    }

    /// <summary>Records content that xAI's API does not support.</summary>
    /// <exception cref="NotSupportedException">Unsupported content is not dropped.</exception>
    public void Unsupported(AIContent content, string role)
    {
        var what = Name(content, role);
        if (!dropsContent)
        {
            throw new NotSupportedException(
                $"xAI's Responses API does not support {what}. Leave it out, or set {nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.DropUnsupportedContent)}.");
        }

        Content(what);
    }

    /// <summary>Records content of a history that is not sent, and is no error: nothing a user said.</summary>
    public void LeftOut(AIContent content, string role) => Content(Name(content, role));

    /// <summary>Records content that must not be sent, such as another provider's reasoning.</summary>
    public void Content(string what) => (_dropped ??= []).Add(what);

    private static string Name(AIContent content, string role)
    {
        var type = content switch
        {
            DataContent data => data.MediaType,
            UriContent uri => uri.MediaType,
            _ => null,
        };
        return $"a {content.GetType().Name}{(type is null ? "" : $" of {type}")} in a message of the role '{role}'";
    }
}
