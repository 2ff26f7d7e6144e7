using Microsoft.Extensions.Caching.Memory;

namespace Web.Markdown;

/// <summary>Parses answers, and keeps the trees of those that were shown last, by their text.</summary>
internal sealed class AnswerTrees : IDisposable
{
    /// <summary>The maximum length of all texts that are kept, in characters.</summary>
    private const long MaxKept = 4 << 20;

    private readonly MemoryCache _trees = new(new MemoryCacheOptions { SizeLimit = MaxKept });

    public AnswerView Parse(string text)
    {
        if (_trees.TryGetValue(text, out AnswerView? known))
        {
            return known!;
        }

        var tree = GrowingAnswer.Parse(text);
        return _trees.Set(text, tree, new MemoryCacheEntryOptions { Size = text.Length + 100 });
    }

    public void Dispose() => _trees.Dispose();
}
