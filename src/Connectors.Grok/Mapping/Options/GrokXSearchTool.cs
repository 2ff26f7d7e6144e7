using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>The hosted search of posts on X. Microsoft.Extensions.AI has no equivalent; for web search use <see cref="HostedWebSearchTool"/>.</summary>
public sealed class GrokXSearchTool : AITool
{
    /// <inheritdoc/>
    public override string Name => "x_search";

    /// <summary>The handles whose posts are searched, with or without @; at most 20. Not together with <see cref="ExcludedHandles"/>.</summary>
    public IList<string>? AllowedHandles { get; set; }

    /// <summary>The handles whose posts are excluded, with or without @; at most 20.</summary>
    public IList<string>? ExcludedHandles { get; set; }

    /// <summary>The first day of the posts.</summary>
    public DateOnly? From { get; set; }

    /// <summary>The day after the last day of the posts: xAI excludes the day itself. For the posts of one day, set it to the day after <see cref="From"/>.</summary>
    public DateOnly? To { get; set; }

    /// <summary>Whether the model sees images in posts. Null uses the default of the service.</summary>
    public bool? UnderstandImages { get; set; }

    /// <summary>Whether the model sees videos in posts. Null uses the default of the service.</summary>
    public bool? UnderstandVideos { get; set; }
}
