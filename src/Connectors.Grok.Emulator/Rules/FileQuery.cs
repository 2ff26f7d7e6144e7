using System.Globalization;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Selects a page of files by the query of a request (docs/wire.md#files).</summary>
internal static class FileQuery
{
    public static IReadOnlyList<UploadedFile> Select(IReadOnlyList<UploadedFile> files, IQueryCollection query)
    {
        var limit = Paging.ReadLimit(query, Paging.MaxLimit);
        var isAscending = Paging.ReadOrder(query, "desc") == "asc";
        var filtered = query["filter"].ToString() is { Length: > 0 } filter ? files.Where(FileFilter.Parse(filter)) : files;

        // The service promises no order unless the request names one. An order by id makes clients that rely on one visible.
        IOrderedEnumerable<UploadedFile> sorted = query["sort_by"].ToString() switch
        {
            "" => Sort(file => file.Id),
            "created_at" => Sort(file => file.CreatedAt.ToString("D20", CultureInfo.InvariantCulture)),
            "filename" => Sort(file => file.Name),
            "size" => Sort(file => file.Content.Bytes.Length.ToString("D20", CultureInfo.InvariantCulture)),
            var unknown => throw ApiException.InvalidArgument($"sort_by must be created_at, filename or size, but it is {unknown}."),
        };
        return Paging.Take([.. sorted], file => file.Id, Token(query), limit).Page;

        IOrderedEnumerable<UploadedFile> Sort(Func<UploadedFile, string> key) => isAscending
            ? filtered.OrderBy(key, StringComparer.Ordinal).ThenBy(file => file.Id, StringComparer.Ordinal)
            : filtered.OrderByDescending(key, StringComparer.Ordinal).ThenByDescending(file => file.Id, StringComparer.Ordinal);
    }

    private static string? Token(IQueryCollection query) =>
        query["pagination_token"].ToString() is { Length: > 0 } token ? token : query["after"].ToString() is { Length: > 0 } after ? after : null;
}
