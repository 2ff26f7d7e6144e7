using System.Text;

namespace Connectors.Grok.Tests;

/// <summary>
/// A part of a document that a test generates, between <c>&lt;!-- NAME: begin --&gt;</c> and <c>&lt;!-- NAME: end --&gt;</c>. A difference leaves a copy of the
/// document beside it, with <c>received</c> in its name. With the environment variable <c>GROK_UPDATE_DOCS</c> = 1 the test writes the document itself.
/// </summary>
internal static class GeneratedSection
{
    /// <summary>Compares the part with what the test generated.</summary>
    /// <param name="page">The document, relative to the repository.</param>
    /// <param name="name">The name of the part.</param>
    /// <param name="content">What the test generated.</param>
    /// <returns>What is wrong; null when the part equals the content, or was written.</returns>
    public static async Task<string?> CheckAsync(string page, string name, string content)
    {
        var path = Repository.PathTo(page);
        var text = (await File.ReadAllTextAsync(path, Encoding.UTF8)).ReplaceLineEndings("\n");
        var (begin, end) = ($"<!-- {name}: begin -->\n", $"<!-- {name}: end -->");
        var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var written = $"{text[..start]}{content}{text[text.IndexOf(end, start, StringComparison.Ordinal)..]}";
        if (written == text)
        {
            return null;
        }

        var isUpdate = Environment.GetEnvironmentVariable("GROK_UPDATE_DOCS") is "1";
        var received = isUpdate ? path : Path.ChangeExtension(path, $"{name}.received.md");
        await File.WriteAllTextAsync(received, written);
        return isUpdate ? null : $"{page} does not match what the tests found: compare it with {Path.GetFileName(received)}, or set GROK_UPDATE_DOCS=1 and run the test again.";
    }
}
