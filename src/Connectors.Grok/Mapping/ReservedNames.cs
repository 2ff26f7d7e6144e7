namespace Connectors.Grok.Mapping;

/// <summary>
/// The names of xAI's own tools and of their sub-tools. The service rejects a function of the caller with such a name, or runs its own, paid tool in
/// its place. Such a function is sent under an alias, and its calls are returned under its own name.
/// </summary>
internal static class ReservedNames
{
    private const string Prefix = "fn_";

    private static readonly HashSet<string> Names = new(
        [
            "web_search", "x_search", "image_generation", "file_search", "collections_search", "code_interpreter", "code_execution", "mcp", "shell", "tool_search",
            "attachment_search", "web_search_with_snippets", "browse_page", "open_page", "open_page_with_find", "search_images",
            "x_user_search", "x_keyword_search", "x_semantic_search", "x_thread_fetch", "view_image", "view_x_video",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether the name is one of xAI's own tools.</summary>
    public static bool IsReserved(string name) => Names.Contains(name);

    /// <summary>Gets the name under which a function is sent. The prefix is also added to a name that is an alias already, so that every alias has one meaning.</summary>
    public static string ToWire(string name) => IsOrContainsReserved(name) ? Prefix + name : name;

    /// <summary>Gets the caller's name of a function from the one that was sent.</summary>
    public static string FromWire(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && IsOrContainsReserved(name[Prefix.Length..]) ? name[Prefix.Length..] : name;

    /// <summary>Whether the name, without any number of prefixes, is reserved.</summary>
    private static bool IsOrContainsReserved(string name)
    {
        while (!IsReserved(name))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return false;
            }

            name = name[Prefix.Length..];
        }

        return true;
    }
}
