using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Memory;

namespace Web;

/// <summary>The titles of conversations: the beginning of the first message, which never changes. Caches the last ten thousand.</summary>
internal sealed class Titles : IDisposable
{
    private const int Length = 60;
    private readonly MemoryCache _titles = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public string? Find(string visitor, string conversation) => _titles.Get<string>((visitor, conversation));

    public string Keep(string visitor, string conversation, IEnumerable<ChatMessage> messages)
    {
        var title = FromMessages(messages);
        _titles.Set((visitor, conversation), title, new MemoryCacheEntryOptions { Size = 1 });
        return title;
    }

    public void Dispose() => _titles.Dispose();

    public static string FromMessages(IEnumerable<ChatMessage> messages)
    {
        var text = string.Join(' ', (messages.FirstOrDefault(static m => m.Role == ChatRole.User)?.Text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0)
        {
            return "An image";
        }

        return text.Length <= Length ? text : $"{text[..(char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length)].TrimEnd()}…";
    }
}
