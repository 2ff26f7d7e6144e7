namespace Connectors.Grok.Web.Tests.Support;

/// <summary>Marked secrets that must not appear in logs or exceptions.</summary>
internal static class Marked
{
    public const string Key = "xai-markedkey0123456789";

    public const string Prompt = "quokka-marked-prompt";

    public static void ShouldBeNowhereIn(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Assert.DoesNotContain(Key, line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Prompt, line, StringComparison.OrdinalIgnoreCase);
        }
    }
}
