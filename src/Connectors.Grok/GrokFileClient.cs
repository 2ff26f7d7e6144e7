using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>
/// Uploads, lists, gets, downloads and deletes files that the service stores. An uploaded file is a <see cref="HostedFileContent"/>, which a message
/// attaches. Safe for concurrent use. Also an <see cref="IHostedFileClient"/>, which is experimental in Microsoft.Extensions.AI.
/// </summary>
/// <remarks>
/// A file is kept until it is deleted or expires. xAI charges for storage and downloads, and for each search in an attached file. The promise of the US
/// endpoint to process in the United States does not cover files. Every method throws <see cref="GrokException"/> for what the service rejects or fails to do.
/// </remarks>
/// <example><c>var pdf = await files.UploadAsync("report.pdf"); await chat.GetResponseAsync(new ChatMessage(ChatRole.User, [pdf, new TextContent("Summarize it.")]));</c></example>
public sealed class GrokFileClient : IHostedFileClient
{
    /// <summary>The largest file that can be uploaded, in bytes: 48 MiB.</summary>
    public const long MaxUploadBytes = UploadedFile.MaxBytes;

    private readonly GrokResponsesClient _responses;
    private readonly GrokSettings _settings;
    private readonly bool _isOwner;
    private readonly HostedFileClientMetadata _metadata;
    private ConcurrentDictionary<string, bool>? _logged;

    /// <summary>Creates a client with its own HttpClient, retries and timeouts. <c>chatClient.GetService&lt;GrokFileClient&gt;()</c> returns one that shares those of a <see cref="GrokChatClient"/>.</summary>
    /// <param name="options">The options; read once.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public GrokFileClient(GrokChatClientOptions options)
        : this(GrokSettings.From(options), null)
    {
    }

    /// <summary>Creates a client over the caller's HttpClient, which is neither changed nor disposed. No retries unless <see cref="GrokChatClientOptions.MaxRetries"/> is set.</summary>
    /// <param name="options">The options; read once.</param>
    /// <param name="httpClient">The caller's client. Its BaseAddress is not used; its Timeout still applies.</param>
    /// <exception cref="ArgumentException">A setting is missing or wrong; <c>ParamName</c> is its name.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="httpClient"/> is null.</exception>
    public GrokFileClient(GrokChatClientOptions options, HttpClient httpClient)
        : this(GrokSettings.From(options), httpClient ?? throw new ArgumentNullException(nameof(httpClient)))
    {
    }

    internal GrokFileClient(GrokSettings settings, GrokResponsesClient responses, bool isOwner = false)
    {
        (_settings, _responses, _isOwner) = (settings, responses, isOwner);
        _metadata = new HostedFileClientMetadata(settings.Hosting.ProviderName, new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/')));
    }

    private GrokFileClient(GrokSettings settings, HttpClient? httpClient)
        : this(settings, new GrokResponsesClient(settings, httpClient), isOwner: true)
    {
    }

    /// <summary>Uploads a file of this machine. <c>POST /v1/files</c></summary>
    /// <param name="path">The path of the file, at most <see cref="MaxUploadBytes"/>. Its last part is the name that the service stores.</param>
    /// <param name="options">How it is uploaded; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The stored file, to be attached to messages.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or blank, the file is empty or too large, or an option is wrong; nothing was sent.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="GrokException">The service rejected the file or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<HostedFileContent> UploadAsync(string path, GrokFileUploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        await using (content.ConfigureAwait(false))
        {
            return await UploadAsync(content, null, null, options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Uploads a stream from its current position, without buffering it. <c>POST /v1/files</c></summary>
    /// <param name="content">The bytes, at most <see cref="MaxUploadBytes"/>. The stream is not disposed. A failed upload of a stream that cannot seek is not retried.</param>
    /// <param name="mediaType">The media type; null takes it from the name's extension.</param>
    /// <param name="fileName">The name; null takes that of a <see cref="FileStream"/>, otherwise one is made from the media type. The service reads files by the extension of their name.</param>
    /// <param name="options">How it is uploaded; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The stored file, to be attached to messages.</returns>
    /// <exception cref="ArgumentException">The stream is null, empty, too large or cannot be read, or an option is wrong. Where the stream does not tell its length, it is too large only once that much was sent.</exception>
    /// <exception cref="InvalidOperationException">Reading the stream failed.</exception>
    /// <exception cref="GrokException">The service rejected the file or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<HostedFileContent> UploadAsync(Stream content, string? mediaType, string? fileName, GrokFileUploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var file = UploadMapper.ToFile(content, mediaType, fileName, options);
        using var body = new UploadBody(file);
        return FileMapper.ToContent(await _responses.Http.UploadAsync(body, cancellationToken).ConfigureAwait(false), file.MediaType);
    }

    /// <summary>Lists the files of the team, page by page. <c>GET /v1/files</c></summary>
    /// <param name="options">Which files, and in which order; null for all of them, the newest first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The files, each with the <see cref="GrokFile"/> in its RawRepresentation. Nothing is sent before they are enumerated, and the next page only when it is needed.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed; thrown by the enumeration.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IAsyncEnumerable<HostedFileContent> ListAsync(GrokFileListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return options.PageSize is < 1 or > 100 ? throw new ArgumentException($"{nameof(GrokFileListOptions)}.{nameof(options.PageSize)} must be 1 to 100.", nameof(options))
            : string.IsNullOrWhiteSpace(options.SortBy) ? throw new ArgumentException($"{nameof(GrokFileListOptions)}.{nameof(options.SortBy)} must name a member.", nameof(options))
            : FilesAsync(options, cancellationToken);
    }

    /// <summary>Gets what the service knows about a file. <c>GET /v1/files/{id}</c></summary>
    /// <param name="fileId">The file's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The file; null when it does not exist, is deleted or expired.</returns>
    /// <exception cref="ArgumentException"><paramref name="fileId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<HostedFileContent?> GetAsync(string fileId, CancellationToken cancellationToken = default)
    {
        var route = Routes.Item("files", fileId, nameof(fileId));
        try
        {
            return FileMapper.ToContent((await _responses.Http.SendAsync(HttpMethod.Get, route, WireJson.Context.GrokFile, cancellationToken).ConfigureAwait(false)).Answer);
        }
        catch (GrokException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Opens the content of a file. <c>GET /v1/files/{id}/content</c></summary>
    /// <param name="fileId">The file's id.</param>
    /// <param name="cancellationToken">Ends the call, and the reading of its stream.</param>
    /// <returns>The bytes, read as they arrive. Dispose the stream: it holds a connection. <see cref="GrokChatClientOptions.Timeout"/> applies to reading it to the end.</returns>
    /// <exception cref="ArgumentException"><paramref name="fileId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="GrokException">There is no such file (<see cref="GrokException.Status"/> 404), the service failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<Stream> DownloadAsync(string fileId, CancellationToken cancellationToken = default) =>
        new FileDownload(await _responses.Http.DownloadAsync(Routes.Item("files", fileId, nameof(fileId)) + "/content", cancellationToken).ConfigureAwait(false));

    /// <summary>Deletes a file. <c>DELETE /v1/files/{id}</c></summary>
    /// <param name="fileId">The file's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether it was deleted; false when it did not exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="fileId"/> is null, blank, or not a valid id.</exception>
    /// <exception cref="GrokException">The service rejected the request or failed, or a timeout passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<bool> DeleteAsync(string fileId, CancellationToken cancellationToken = default)
    {
        var route = Routes.Item("files", fileId, nameof(fileId));
        try
        {
            return (await _responses.Http.DeleteAsync(route, WireJson.Context.DeleteFileResult, null, cancellationToken).ConfigureAwait(false))?.Deleted ?? true;
        }
        catch (GrokException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Gets a service of this client: <see cref="HostedFileClientMetadata"/>, or the client itself.</summary>
    /// <param name="serviceType">The type of the service.</param>
    /// <param name="serviceKey">The key of the service; none has one.</param>
    /// <returns>The service, or null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="serviceType"/> is null.</exception>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(HostedFileClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Disposes the HttpClient if the client owns it.</summary>
    public void Dispose()
    {
        if (_isOwner)
        {
            _responses.Dispose();
        }
    }

    async Task<HostedFileContent> IHostedFileClient.UploadAsync(Stream content, string? mediaType, string? fileName, HostedFileClientOptions? options, CancellationToken cancellationToken) =>
        await UploadAsync(content, mediaType, fileName, Noted(notes => FileOptionsMapper.ToUpload(this, options, notes)), cancellationToken).ConfigureAwait(false);

    async Task<HostedFileDownloadStream> IHostedFileClient.DownloadAsync(string fileId, HostedFileClientOptions? options, CancellationToken cancellationToken)
    {
        Check(options);
        return (FileDownload)await DownloadAsync(fileId, cancellationToken).ConfigureAwait(false);
    }

    async Task<HostedFileContent?> IHostedFileClient.GetFileInfoAsync(string fileId, HostedFileClientOptions? options, CancellationToken cancellationToken)
    {
        Check(options);
        return await GetAsync(fileId, cancellationToken).ConfigureAwait(false);
    }

    IAsyncEnumerable<HostedFileContent> IHostedFileClient.ListFilesAsync(HostedFileClientOptions? options, CancellationToken cancellationToken)
    {
        var own = Noted(notes => FileOptionsMapper.ToList(this, options, notes));
        own.PageSize = options?.Limit is { } limit and > 0 ? Math.Min(limit, own.PageSize) : own.PageSize;
        return FirstAsync(ListAsync(own, cancellationToken), options?.Limit, cancellationToken);
    }

    async Task<bool> IHostedFileClient.DeleteAsync(string fileId, HostedFileClientOptions? options, CancellationToken cancellationToken)
    {
        Check(options);
        return await DeleteAsync(fileId, cancellationToken).ConfigureAwait(false);
    }

    private void Check(HostedFileClientOptions? options) => Noted(notes =>
    {
        FileOptionsMapper.Check(options, notes);
        return true;
    });

    /// <summary>Maps options, and logs what is dropped, once per client.</summary>
    private T Noted<T>(Func<MappingDiagnostics, T> map)
    {
        var notes = new MappingDiagnostics(isStrict: false, dropsContent: false);
        var result = map(notes);
        foreach (var what in notes.Dropped.Where(what => LazyInitializer.EnsureInitialized(ref _logged, static () => new(StringComparer.Ordinal)).TryAdd(what, true)))
        {
            Log.Dropped(_settings.Logger, what);
        }

        return result;
    }

    private static async IAsyncEnumerable<HostedFileContent> FirstAsync(IAsyncEnumerable<HostedFileContent> files, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = limit ?? int.MaxValue;
        await foreach (var file in files.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (left <= 0)
            {
                yield break;
            }

            yield return file;
            if (--left == 0)
            {
                yield break;
            }
        }
    }

    private async IAsyncEnumerable<HostedFileContent> FilesAsync(GrokFileListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (size, order, sortBy, filter) = (options.PageSize, options.Descending ? "desc" : "asc", options.SortBy, options.Filter);
        string? token = null;
        for (var isLast = false; !isLast;)
        {
            var route = Routes.WithQuery("files", ("limit", size.ToString(CultureInfo.InvariantCulture)), ("order", order), ("sort_by", sortBy), ("pagination_token", token), ("filter", filter));
            var (page, _) = await _responses.Http.SendAsync(HttpMethod.Get, route, WireJson.Context.ListFilesResult, cancellationToken).ConfigureAwait(false);
            foreach (var file in page.Data ?? [])
            {
                yield return FileMapper.ToContent(file);
            }

            // The service returns a token with every page; a page that is not full is the last one.
            isLast = (page.Data?.Count ?? 0) < size || page.PaginationToken is null || page.PaginationToken == token;
            token = page.PaginationToken;
        }
    }
}
