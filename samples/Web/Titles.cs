using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Memory;

namespace Web;

/// <summary>What conversations are called: the beginning of what was said first, which never changes. Remembers the last ten thousand.</summary>
internal sealed class Titles : IDisposable
{
    private const int Length = 60;
    private readonly MemoryCache _titles = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public string? Find(string visitor, string conversation) => _titles.Get<string>((visitor, conversation));

    public string Keep(string visitor, string conversation, IEnumerable<ChatMessage> said)
    {
        var title = Of(said);
        _titles.Set((visitor, conversation), title, new MemoryCacheEntryOptions { Size = 1 });
        return title;
    }

    public void Dispose() => _titles.Dispose();

    public static string Of(IEnumerable<ChatMessage> said)
    {
        var text = string.Join(' ', (said.FirstOrDefault(static m => m.Role == ChatRole.User)?.Text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0)
        {
            return "An image";
        }

        return text.Length <= Length ? text : $"{text[..(char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length)].TrimEnd()}…";
    }
}
