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
    public void Equal_histories_with_several_answers_are_told_apart_by_response_id_only()
    {
        var cache = new AnswerMemory(1);
        for (var i = 1; i <= 9; i++)
        {
            cache.Add("A", new KnownAnswer($"r{i}", null, default));
            Assert.Equal(i == 1 ? "r1" : null, cache.Find("A")?.ResponseId);
            Assert.Equal($"r{i}", cache.Find("A", $"r{i}")?.ResponseId);
        }

        cache.Add("A", new KnownAnswer("r9", "grok-4", default));
        Assert.Equal(["r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"], Enumerable.Range(1, 9).Select(i => cache.Find("A", $"r{i}")?.ResponseId).OfType<string>());
        Assert.Equal("grok-4", cache.Find("A", "r9")?.Model);
    }

    [Fact]
    public void Answer_cache_of_size_zero_stores_nothing()
    {
        var cache = new AnswerMemory(0);
        cache.Add("A", new KnownAnswer("r1", null, default));
        Assert.Null(cache.Find("A"));
    }
}
