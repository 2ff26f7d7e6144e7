using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Lets Grok search posts on X by itself. Microsoft.Extensions.AI has no equivalent; searching the web is <see cref="HostedWebSearchTool"/>.</summary>
public sealed class GrokXSearchTool : AITool
{
    /// <inheritdoc/>
    public override string Name => "x_search";

    /// <summary>Only posts of these handles, with or without @; at most 20. Not together with <see cref="ExcludedHandles"/>.</summary>
    public IList<string>? AllowedHandles { get; set; }

    /// <summary>No posts of these handles, with or without @; at most 20.</summary>
    public IList<string>? ExcludedHandles { get; set; }

    /// <summary>The first day of the posts.</summary>
    public DateOnly? From { get; set; }

    /// <summary>The last day of the posts. Sources disagree on whether the day itself counts.</summary>
    public DateOnly? To { get; set; }

    /// <summary>Whether images in posts are looked at. Null leaves it to the service.</summary>
    public bool? UnderstandImages { get; set; }

    /// <summary>Whether videos in posts are looked at. Null leaves it to the service.</summary>
    public bool? UnderstandVideos { get; set; }
}
