using System.Globalization;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Reads the paging parameters of lists, and takes a page (docs/wire.md#endpoints).</summary>
internal static class Paging
{
    public const int MaxLimit = 100;

    public static int ReadLimit(IQueryCollection query, int defaultLimit)
    {
        if (query["limit"].ToString() is not { Length: > 0 } text)
        {
            return defaultLimit;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw ApiException.InvalidArgument($"limit must be between 1 and {MaxLimit}, but it is {text}.");
    }

    public static string ReadOrder(IQueryCollection query, string defaultOrder) => query["order"].ToString() switch
    {
        "" => defaultOrder,
        "asc" => "asc",
        "desc" => "desc",
        var unknown => throw ApiException.InvalidArgument($"order must be asc or desc, but it is {unknown}."),
    };

    /// <summary>Takes the entries after the one with the given id; all when the id is null.</summary>
    public static (IReadOnlyList<T> Page, bool HasMore) Take<T>(IReadOnlyList<T> entries, Func<T, string> id, string? after, int limit)
    {
        var start = 0;
        if (after is not null)
        {
            while (start < entries.Count && id(entries[start]) != after)
            {
                start++;
            }

            if (start == entries.Count)
            {
                throw ApiException.InvalidArgument($"The list has no entry with the id {after}.");
            }

            start++;
        }

        return ([.. entries.Skip(start).Take(limit)], start + limit < entries.Count);
    }
}
