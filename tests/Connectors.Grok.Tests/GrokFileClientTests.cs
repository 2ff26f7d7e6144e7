using System.Net;
using System.Text;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests;

/// <summary>Files are uploaded from streams without a buffer, and are contents of messages.</summary>
public class GrokFileClientTests
{
    private const string Stored = """{"id":"file_1","object":"file","bytes":5,"created_at":1762345678,"expires_at":null,"filename":"a.pdf","purpose":"","future":1}""";

    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    private GrokFileClient Client(int retries = 0) =>
        new(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint, MaxRetries = retries, RetryDelay = TimeSpan.Zero, LoggerFactory = _log }, new HttpClient(_handler));

    private string LastRoute => $"{_handler.Requests[^1].Method} {_handler.Requests[^1].Uri.PathAndQuery}";

    [Fact]
    public async Task Uploaded_file_is_the_content_of_a_message()
    {
        using var client = Some.Client(_handler.Json(Stored).Json(Some.Answer(Some.Message("ok"))));
        var files = client.GetService<GrokFileClient>()!;
        var pdf = await files.UploadAsync(new MemoryStream("%PDF-"u8.ToArray()), "application/pdf", "a.pdf");
        Assert.Equal(("file_1", "a.pdf", "application/pdf", 5L, null), (pdf.FileId, pdf.Name, pdf.MediaType, pdf.SizeInBytes, pdf.Purpose));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1762345678), pdf.CreatedAt);
        Assert.Contains("future", Assert.IsType<GrokFile>(pdf.RawRepresentation).AdditionalMembers!.Keys);
        await client.GetResponseAsync(Some.User(pdf, new TextContent("Summarize it.")));
        Assert.Equal("""{"type":"input_file","file_id":"file_1"}""", _handler.LastJson["input"]![0]!["content"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task Upload_is_a_form_with_its_fields_before_the_file()
    {
        using var client = Client();
        _handler.Json(Stored);
        await client.UploadAsync(new MemoryStream("hello"u8.ToArray()), "text/plain", "dir/naïve \"x\".txt", new() { ExpiresAfter = TimeSpan.FromDays(30), Purpose = "assistants" });
        Assert.Equal("POST /v1/files", LastRoute);
        var body = _handler.LastBody.ReplaceLineEndings("\n");
        var boundary = body[..body.IndexOf('\n', StringComparison.Ordinal)];
        Assert.Equal(
            $"{boundary}\nContent-Disposition: form-data; name=\"expires_after\"\n\n2592000\n{boundary}\nContent-Disposition: form-data; name=\"purpose\"\n\nassistants\n"
            + $"{boundary}\nContent-Disposition: form-data; name=\"file\"; filename=\"naïve %22x%22.txt\"\nContent-Type: text/plain\n\nhello\n{boundary}--\n",
            body);
    }

    [Fact]
    public async Task File_of_this_machine_is_uploaded_by_its_path_with_its_name_and_progress()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        await File.WriteAllBytesAsync(path, new byte[150_000], TestContext.Current.CancellationToken);
        try
        {
            using var client = Client();
            _handler.Json(Stored);
            var progress = new Reports();
            var file = await client.UploadAsync(path, new() { Progress = progress });
            Assert.Equal("text/csv", file.MediaType);
            Assert.Contains($"filename=\"{Path.GetFileName(path)}\"", _handler.LastBody, StringComparison.Ordinal);
            Assert.True(progress.All.Count >= 3);
            Assert.Equal(progress.All.OrderBy(static p => p.SentBytes), progress.All);
            Assert.Equal(new(150_000, 150_000), progress.All[^1]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(null, null, "file.bin", "application/octet-stream")]
    [InlineData("application/pdf", null, "file.pdf", "application/pdf")]
    [InlineData(null, "notes.MD", "notes.MD", "text/markdown")]
    [InlineData(null, "a.txt", "a.txt", "text/plain")]
    [InlineData(null, "a.html", "a.html", "text/html")]
    [InlineData(null, "a.json", "a.json", "application/json")]
    [InlineData(null, "a.xml", "a.xml", "application/xml")]
    [InlineData(null, "a.docx", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData(null, "a.xlsx", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData(null, "a.pptx", "a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")]
    [InlineData(null, "a.png", "a.png", "image/png")]
    [InlineData(null, "a.jpeg", "a.jpeg", "image/jpeg")]
    [InlineData(null, "a.webp", "a.webp", "image/webp")]
    [InlineData("text/x-log", "a", "a", "text/x-log")]
    public async Task Name_and_media_type_complete_each_other(string? mediaType, string? name, string sentName, string sentType)
    {
        using var client = Client();
        _handler.Json(Stored);
        Assert.Equal(sentType, (await client.UploadAsync(new MemoryStream([1]), mediaType, name)).MediaType);
        Assert.Contains($"filename=\"{sentName}\"\r\nContent-Type: {sentType}\r\n", _handler.LastBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_checked_before_anything_is_sent()
    {
        using var client = Client();
        using var large = new Forward(GrokFileClient.MaxUploadBytes + 1, canSeek: true);
        var e = await Assert.ThrowsAsync<ArgumentException>("content", () => client.UploadAsync(large, null, "a.pdf"));
        Assert.StartsWith($"The file 'a.pdf' has {48.0:0.0} MiB; xAI takes at most 48 MiB.", e.Message, StringComparison.Ordinal);
        Assert.Contains("is empty", (await Assert.ThrowsAsync<ArgumentException>("content", () => client.UploadAsync(new MemoryStream(), null, "a.pdf"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentNullException>("content", () => client.UploadAsync(null!, null, "a"));
        await Assert.ThrowsAsync<ArgumentException>("path", () => client.UploadAsync(" "));
        await Assert.ThrowsAsync<ArgumentException>("mediaType", () => client.UploadAsync(new MemoryStream([1]), "pdf", "a"));
        var closed = new MemoryStream([1]);
        await closed.DisposeAsync();
        await Assert.ThrowsAsync<ArgumentException>("content", () => client.UploadAsync(closed, null, "a"));
        foreach (var life in (TimeSpan[])[TimeSpan.FromMinutes(59), TimeSpan.FromDays(30.1)])
        {
            await Assert.ThrowsAsync<ArgumentException>("options", () => client.UploadAsync(new MemoryStream([1]), null, "a", new() { ExpiresAfter = life }));
        }

        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Stream_without_a_length_is_cut_off_at_the_limit()
    {
        using var client = Client();
        using var endless = new Forward(long.MaxValue, canSeek: false);
        var e = await Assert.ThrowsAsync<ArgumentException>("content", () => client.UploadAsync(endless, null, "a.pdf"));
        Assert.StartsWith("The file 'a.pdf' has more than 48 MiB", e.Message, StringComparison.Ordinal);
        Assert.True(endless.ReadBytes < GrokFileClient.MaxUploadBytes + (1024 * 1024));
    }

    [Fact]
    public async Task Stream_is_read_in_pieces_from_its_position_and_stays_open()
    {
        using var client = Client();
        _handler.Json(Stored);
        var content = new MemoryStream("skip hello"u8.ToArray()) { Position = 5 };
        await client.UploadAsync(content, "text/plain", "a.txt");
        Assert.Contains("\r\n\r\nhello\r\n", _handler.LastBody, StringComparison.Ordinal);
        Assert.True(content.CanRead);

        _handler.Json(Stored);
        using var large = new Forward(10 * 1024 * 1024, canSeek: false);
        await client.UploadAsync(large, null, "a.bin");
        Assert.True(large.LargestRead <= 128 * 1024);
    }

    [Fact]
    public async Task Failed_upload_is_retried_from_the_start_where_the_stream_can_seek()
    {
        using var client = Client(retries: 2);
        _handler.Json("""{"code":"resource-exhausted","error":"Too many requests."}""", 429).Json(Stored);
        await client.UploadAsync(new MemoryStream("skip hello"u8.ToArray()) { Position = 5 }, "text/plain", "a.txt");
        Assert.Equal(2, _handler.Requests.Count);
        Assert.All(_handler.Requests, static r => Assert.Contains("\r\n\r\nhello\r\n", r.Body, StringComparison.Ordinal));

        _handler.Json("""{"code":"resource-exhausted","error":"Too many requests."}""", 429);
        using var once = new Forward(5, canSeek: false);
        Assert.Equal(GrokErrorKind.RateLimit, (await Assert.ThrowsAsync<GrokException>(() => client.UploadAsync(once, null, "a"))).Kind);
        Assert.Equal(3, _handler.Requests.Count);
    }

    [Fact]
    public async Task Stream_that_fails_is_not_reported_as_the_connection()
    {
        using var client = Client(retries: 2);
        using var broken = new Forward(5, canSeek: true, breaks: true);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.UploadAsync(broken, null, "a.pdf"));
        Assert.Equal("The stream of the file 'a.pdf' cannot be read: The disk is gone.", e.Message);
    }

    [Fact]
    public async Task Rejected_upload_is_an_exception_also_where_rejected_parameters_are_dropped()
    {
        using var client = new GrokFileClient(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint, DropRefusedParameters = true }, new HttpClient(_handler));
        _handler.Json("""{"code":"400","error":"Argument not supported: purpose"}""", 400).Json("""{"object":"file"}""");
        Assert.Equal(GrokErrorKind.InvalidRequest, (await Assert.ThrowsAsync<GrokException>(() => client.UploadAsync(new MemoryStream([1]), null, "a"))).Kind);
        Assert.Contains("without an id", (await Assert.ThrowsAsync<GrokException>(() => client.UploadAsync(new MemoryStream([1]), null, "a"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_listed_page_by_page_until_a_page_is_not_full()
    {
        using var client = Client();
        _handler.Json($$"""{"data":[{{Stored}},{"id":"file_2"}],"pagination_token":"t 1"}""").Json($$"""{"data":[{"id":"file_3","filename":""}],"pagination_token":"t2"}""").Json("{}");
        var files = await client.ListAsync(new() { PageSize = 2, Filter = "content_type = \"pdf\"", Descending = false, SortBy = "size" }).ToListAsync();
        Assert.Equal(["file_1", "file_2", "file_3"], files.Select(static f => f.FileId));
        Assert.Equal(["application/pdf", null, null], files.Select(static f => f.MediaType));
        Assert.Equal("GET /v1/files?limit=2&order=asc&sort_by=size&pagination_token=t%201&filter=content_type%20%3D%20%22pdf%22", LastRoute);
        Assert.Empty(await client.ListAsync().ToListAsync());
        Assert.Equal("GET /v1/files?limit=100&order=desc&sort_by=created_at", LastRoute);
        Assert.Throws<ArgumentException>("options", () => { client.ListAsync(new() { PageSize = 101 }); });
        Assert.Throws<ArgumentException>("options", () => { client.ListAsync(new() { SortBy = " " }); });
    }

    [Fact]
    public async Task File_is_found_downloaded_and_deleted_by_its_id()
    {
        using var client = Client();
        _handler.Json(Stored).Json("""{"code":"not-found","error":"File not found"}""", 404);
        Assert.Equal("file_1", (await client.GetAsync("file/1"))!.FileId);
        Assert.Equal("GET /v1/files/file%2F1", LastRoute);
        Assert.Null(await client.GetAsync("file_2"));

        _handler.Text("hello", "application/octet-stream");
        await using (var content = await client.DownloadAsync("file_1"))
        {
            Assert.Equal("GET /v1/files/file_1/content", LastRoute);
            Assert.Equal((true, false, false), (content.CanRead, content.CanSeek, content.CanWrite));
            using var reader = new StreamReader(content);
            Assert.Equal("hello", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        _handler.Json("""{"code":"not-found","error":"File not found"}""", 404);
        Assert.Equal(404, (await Assert.ThrowsAsync<GrokException>(() => client.DownloadAsync("file_2"))).Status);

        _handler.Json("""{"id":"file_1","object":"file","deleted":true}""").Reply(static () => new HttpResponseMessage(HttpStatusCode.NoContent)).Json("""{"code":"not-found","error":"File not found"}""", 404).Json("""{"error":"No."}""", 403);
        Assert.True(await client.DeleteAsync("file_1"));
        Assert.Equal("DELETE /v1/files/file_1", LastRoute);
        Assert.True(await client.DeleteAsync("file_1"));
        Assert.False(await client.DeleteAsync("file_1"));
        await Assert.ThrowsAsync<GrokException>(() => client.DeleteAsync("file_1"));
        foreach (var id in (string[])["", ".", ".."])
        {
            await Assert.ThrowsAsync<ArgumentException>("fileId", () => client.GetAsync(id));
            await Assert.ThrowsAsync<ArgumentException>("fileId", () => client.DownloadAsync(id));
            await Assert.ThrowsAsync<ArgumentException>("fileId", () => client.DeleteAsync(id));
        }
    }

    [Fact]
    public async Task Download_is_read_once_and_forward_only()
    {
        using var client = Client();
        _handler.Reply(static () => new HttpResponseMessage
        {
            Content = new ByteArrayContent("hello"u8.ToArray()) { Headers = { ContentType = new("application/pdf"), ContentDisposition = new("attachment") { FileName = "\"a.pdf\"" } } },
        });
        await using var download = await ((IHostedFileClient)client).DownloadAsync("f");
        Assert.Equal(("application/pdf", "a.pdf"), (download.MediaType, download.FileName));
        var buffer = new byte[2];
        Assert.Equal(2, await download.ReadAsync(buffer.AsMemory(0, 2), TestContext.Current.CancellationToken));
        Assert.Equal((byte)'h', buffer[0]);
        Assert.Equal(2, download.Read(buffer, 0, 2));
        Assert.Equal((byte)'l', buffer[0]);
        Func<byte[], int, int, CancellationToken, Task<int>> older = download.ReadAsync;
        Assert.Equal(1, await older(buffer, 0, 2, TestContext.Current.CancellationToken));
        Assert.Equal((byte)'o', buffer[0]);
        download.Flush();
        Assert.Throws<NotSupportedException>(() => download.Length);
        Assert.Throws<NotSupportedException>(() => download.Position);
        Assert.Throws<NotSupportedException>(() => download.Position = 1);
        Assert.Throws<NotSupportedException>(() => download.Seek(0, SeekOrigin.Begin));
    }

    [Fact]
    public async Task Broken_and_cancelled_downloads_are_told_apart()
    {
        using var client = Client();
        _handler.Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream("hello"u8.ToArray(), 2, DripEnd.Breaks)) })
            .Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream("hello"u8.ToArray(), 2, DripEnd.Stalls)) })
            .Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream("hello"u8.ToArray(), 2, DripEnd.Stalls)) })
            .Throws(new HttpRequestException(HttpRequestError.ConnectionError));
        await using (var content = await client.DownloadAsync("f"))
        {
            Assert.Equal(GrokErrorKind.StreamBroken, (await Assert.ThrowsAsync<GrokException>(() => content.CopyToAsync(Stream.Null))).Kind);
        }

        using var ofCall = new CancellationTokenSource();
        await using (var content = await client.DownloadAsync("f", ofCall.Token))
        {
            var copy = content.CopyToAsync(Stream.Null, CancellationToken.None);
            await ofCall.CancelAsync();
            Assert.Equal(ofCall.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy)).CancellationToken);
        }

        using var ofRead = new CancellationTokenSource();
        await using (var content = await client.DownloadAsync("f"))
        {
            var copy = content.CopyToAsync(Stream.Null, ofRead.Token);
            await ofRead.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
        }

        Assert.Equal(GrokErrorKind.Connection, (await Assert.ThrowsAsync<GrokException>(() => client.DownloadAsync("f"))).Kind);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DownloadAsync("f", new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DeleteAsync("f", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Interface_of_the_abstractions_maps_its_options_and_logs_the_rest_once()
    {
        using var client = Client();
        IHostedFileClient files = client;
        var options = new HostedFileClientOptions { Purpose = "p", Limit = 1, AdditionalProperties = new() { ["expires_after"] = 3600, ["colour"] = "red" } };
        _handler.Json(Stored).Json(Stored).Json($$"""{"data":[{{Stored}}],"pagination_token":"t"}""").Json(Stored).Text("hello", "application/pdf").Json("""{"id":"file_1","deleted":true}""");
        await files.UploadAsync(new MemoryStream([1]), "text/plain", "a.txt", options);
        Assert.Contains("name=\"expires_after\"\r\n\r\n3600\r\n", _handler.LastBody, StringComparison.Ordinal);
        Assert.Contains("name=\"purpose\"\r\n\r\np\r\n", _handler.LastBody, StringComparison.Ordinal);
        var progress = new Reports();
        await files.UploadAsync(new MemoryStream([1]), "text/plain", "a.txt", new() { RawRepresentationFactory = _ => new GrokFileUploadOptions { ExpiresAfter = TimeSpan.FromHours(2), Purpose = "q", Progress = progress } });
        Assert.Contains("\r\n7200\r\n", _handler.LastBody, StringComparison.Ordinal);
        Assert.Single(progress.All);

        Assert.Single(await files.ListFilesAsync(options).ToListAsync());
        Assert.Equal("GET /v1/files?limit=1&order=desc&sort_by=created_at", LastRoute);
        Assert.Equal("file_1", (await files.GetFileInfoAsync("file_1", options))!.FileId);
        await using (var download = await files.DownloadAsync("file_1"))
        {
            Assert.Equal(("application/pdf", null), (download.MediaType, download.FileName));
            Assert.Equal("hello", Encoding.UTF8.GetString((await download.ToDataContentAsync(TestContext.Current.CancellationToken)).Data.Span));
        }

        Assert.True(await files.DeleteAsync("file_1", new() { RawRepresentationFactory = static _ => "x" }));
        Assert.Equal(
            ["AdditionalProperties[\"colour\"]", "AdditionalProperties[\"expires_after\"]", "Limit", "Purpose", "RawRepresentationFactory"],
            _log.Lines.Select(static l => l.Split(' ')[1].TrimEnd(':')["HostedFileClientOptions.".Length..]).Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<NotSupportedException>(() => files.GetFileInfoAsync("file_1", new() { Scope = "container" }));
        await Assert.ThrowsAsync<ArgumentException>(() => files.UploadAsync(new MemoryStream([1]), null, "a", new() { AdditionalProperties = new() { ["expires_after"] = "soon" } }));
    }

    [Fact]
    public async Task List_of_the_interface_takes_own_options_and_logs_others()
    {
        using var client = Client();
        IHostedFileClient files = client;
        _handler.Json($$"""{"data":[{{Stored}},{"id":"file_2"}],"pagination_token":"t"}""").Json("{}").Json("{}");
        Assert.Equal(2, (await files.ListFilesAsync(new() { Limit = 200, RawRepresentationFactory = static _ => new GrokFileListOptions { PageSize = 50 } }).ToListAsync()).Count);
        Assert.Equal("GET /v1/files?limit=50&order=desc&sort_by=created_at", LastRoute);
        Assert.Empty(await files.ListFilesAsync(new() { RawRepresentationFactory = static _ => "x" }).ToListAsync());
        Assert.Contains("a RawRepresentationFactory that makes a String", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Empty(await files.ListFilesAsync(new() { Limit = 0 }).ToListAsync());
    }

    [Fact]
    public void File_client_is_a_service_of_the_chat_client()
    {
        using var client = Some.Client(_handler);
        var files = client.GetService<GrokFileClient>()!;
        Assert.Same(files, client.GetService<IHostedFileClient>());
        Assert.Same(files, files.GetService(typeof(IHostedFileClient)));
        Assert.Null(files.GetService(typeof(GrokFileClient), "key"));
        Assert.Null(files.GetService(typeof(string)));
        var metadata = (HostedFileClientMetadata)files.GetService(typeof(HostedFileClientMetadata))!;
        Assert.Equal((GrokTelemetry.ProviderName, "http://127.0.0.1:1/v1"), (metadata.ProviderName, metadata.ProviderUri!.AbsoluteUri));
        Assert.Throws<ArgumentNullException>("serviceType", () => files.GetService(null!));
        Assert.Throws<ArgumentNullException>("httpClient", () => new GrokFileClient(new GrokChatClientOptions { Endpoint = Some.Endpoint }, null!));
        using var own = new GrokFileClient(new GrokChatClientOptions { Endpoint = Some.Endpoint });
        files.Dispose();
    }

    private sealed class Reports : IProgress<GrokUploadProgress>
    {
        public List<GrokUploadProgress> All { get; } = [];

        public void Report(GrokUploadProgress value) => All.Add(value);
    }

    /// <summary>A stream of zeros that counts what is read from it.</summary>
    private sealed class Forward(long length, bool canSeek, bool breaks = false) : Stream
    {
        public long ReadBytes { get; private set; }

        public int LargestRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => canSeek;

        public override bool CanWrite => false;

        public override long Length => canSeek ? length : throw new NotSupportedException();

        public override long Position { get => ReadBytes; set => ReadBytes = value; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (breaks)
            {
                throw new IOException("The disk is gone.");
            }

            var count = (int)Math.Min(buffer.Length, length - ReadBytes);
            buffer.Span[..count].Clear();
            LargestRead = Math.Max(LargestRead, buffer.Length);
            ReadBytes += count;
            return new(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
