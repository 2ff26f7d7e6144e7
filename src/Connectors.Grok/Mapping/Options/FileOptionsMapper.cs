using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Options of Microsoft.Extensions.AI for files → those of this library.</summary>
internal static class FileOptionsMapper
{
    private const string ExpiresAfter = "expires_after";

    /// <summary>The options of an upload.</summary>
    /// <exception cref="ArgumentException">A value cannot be read.</exception>
    /// <exception cref="NotSupportedException">A scope is set.</exception>
    public static GrokFileUploadOptions ToUpload(IHostedFileClient client, HostedFileClientOptions? options, MappingDiagnostics notes)
    {
        Note(options, notes, nameof(options.Limit), options?.Limit);
        var keys = Keys(options, notes, ExpiresAfter);
        var raw = Raw<GrokFileUploadOptions>(client, options, notes);
        return new()
        {
            ExpiresAfter = raw?.ExpiresAfter ?? (keys.Number(ExpiresAfter, 0, int.MaxValue) is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            Purpose = raw?.Purpose ?? options?.Purpose,
            Progress = raw?.Progress,
        };
    }

    /// <summary>The options of a list.</summary>
    /// <exception cref="NotSupportedException">A scope is set.</exception>
    public static GrokFileListOptions ToList(IHostedFileClient client, HostedFileClientOptions? options, MappingDiagnostics notes)
    {
        Note(options, notes, nameof(options.Purpose), options?.Purpose);
        Keys(options, notes);
        return Raw<GrokFileListOptions>(client, options, notes) ?? new();
    }

    /// <summary>Notes the options of an operation that takes none.</summary>
    /// <exception cref="NotSupportedException">A scope is set.</exception>
    public static void Check(HostedFileClientOptions? options, MappingDiagnostics notes)
    {
        Note(options, notes, nameof(options.Limit), options?.Limit);
        Note(options, notes, nameof(options.Purpose), options?.Purpose);
        Note(options, notes, nameof(options.RawRepresentationFactory), options?.RawRepresentationFactory);
        Keys(options, notes);
    }

    private static T? Raw<T>(IHostedFileClient client, HostedFileClientOptions? options, MappingDiagnostics notes)
        where T : class
    {
        var raw = options?.RawRepresentationFactory?.Invoke(client);
        if (raw is not (null or T))
        {
            notes.Option($"a RawRepresentationFactory that makes a {raw.GetType().Name} (it takes {typeof(T).Name})");
        }

        return raw as T;
    }

    private static LenientReader Keys(HostedFileClientOptions? options, MappingDiagnostics notes, params string[] known)
    {
        if (options?.Scope is not null)
        {
            throw new NotSupportedException($"xAI's files have no scope; {nameof(HostedFileClientOptions)}.{nameof(options.Scope)} must be null.");
        }

        var keys = new LenientReader(options?.AdditionalProperties ?? []);
        foreach (var key in keys.Keys.Where(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase) && keys.IsSet(k)))
        {
            notes.Option($"{nameof(HostedFileClientOptions)}.{nameof(options.AdditionalProperties)}[\"{key}\"]");
        }

        return keys;
    }

    private static void Note(HostedFileClientOptions? options, MappingDiagnostics notes, string name, object? value)
    {
        if (options is not null && value is not null)
        {
            notes.Option($"{nameof(HostedFileClientOptions)}.{name}");
        }
    }
}
