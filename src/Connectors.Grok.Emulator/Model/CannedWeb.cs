using System.Text;
using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>A fixed web of two pages, so that hosted search and citations work without a network.</summary>
internal static partial class CannedWeb
{
    private static readonly string[] Pages = ["https://example.com/encyclopedia", "https://example.org/news"];

    public static bool IsAskedFor(CreateRequest request, Conversation conversation)
    {
        if (request.ToolChoice.Mode == "none" || !request.Tools.Any(tool => tool.Type == "web_search"))
        {
            return false;
        }

        return request.ToolChoice.Mode == "required" || Wishes().IsMatch(conversation.Question);
    }

    public static IEnumerable<OutputItem> Search(CreateRequest request, Conversation conversation, Persona persona)
    {
        yield return new WebSearchOutput(conversation.Question, Pages) { ShowsSources = request.Include.Contains("web_search_call.action.sources") };

        var inlinesCitations = !request.Include.Contains("no_inline_citations");
        var text = new StringBuilder(persona.Style("The emulator's canned web knows two pages. One explains it"));
        var citations = new List<Citation>();
        Cite(text, citations, Pages[0], inlinesCitations);
        text.Append(persona.Style(" and the other reports on it"));
        Cite(text, citations, Pages[1], inlinesCitations);
        text.Append('.');
        yield return new MessageOutput(text.ToString()) { Annotations = citations };
    }

    private static void Cite(StringBuilder text, List<Citation> citations, string url, bool inlinesCitation)
    {
        var title = (citations.Count + 1).ToString();
        if (!inlinesCitation)
        {
            citations.Add(new Citation(url, url, 0, 0));
            return;
        }

        // Positions count code points. No public source names the unit (docs/wire.md#open-questions).
        var start = text.ToString().EnumerateRunes().Count();
        var mark = $"[[{title}]]({url})";
        text.Append(mark);
        citations.Add(new Citation(url, title, start, start + mark.Length));
    }

    [GeneratedRegex(@"\b(?:search|look up|google|latest|news|browse|with sources|on the (?:web|internet))\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Wishes();
}
