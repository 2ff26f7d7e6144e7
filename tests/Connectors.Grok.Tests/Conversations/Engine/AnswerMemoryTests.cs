using Connectors.Grok.Conversations.Engine;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class AnswerMemoryTests
{
    /// <summary>Capitals are added, small letters looked for.</summary>
    [Theory]
    [InlineData("ABC", "BC")]
    [InlineData("ABCD", "CD")]
    [InlineData("ABaC", "AC")]
    [InlineData("ABaaC", "AC")]
    [InlineData("ABAC", "AC")]
    [InlineData("ABABCD", "CD")]
    [InlineData("AAB", "AB")]
    public void Answer_cache_evicts_the_least_recently_used_entry(string uses, string left)
    {
        var cache = new AnswerMemory(2);
        foreach (var use in uses)
        {
            if (char.IsUpper(use))
            {
                cache.Add($"{use}", new KnownAnswer($"r{use}", null, default));
            }
            else
            {
                Assert.Equal($"r{char.ToUpperInvariant(use)}", cache.Find($"{char.ToUpperInvariant(use)}")?.ResponseId);
            }
        }

        Assert.Equal(left, string.Concat("ABCD".Where(c => cache.Find($"{c}") is not null)));
    }

    [Fact]
    public void Answer_cache_of_size_zero_stores_nothing()
    {
        var cache = new AnswerMemory(0);
        cache.Add("A", new KnownAnswer("r1", null, default));
        Assert.Null(cache.Find("A"));
    }
}
