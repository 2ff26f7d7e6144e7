using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class FilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_is_uploaded_retrieved_downloaded_and_deleted()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        byte[] bytes = [0x25, 0x50, 0x44, 0x46, 0x2D, 0x00, 0xFF];
        var uploaded = await UploadAsync(api, "report.pdf", bytes, "application/pdf", ("expires_after", "86400"), ("purpose", "assistants"));
        Assert.Equal(HttpStatusCode.OK, uploaded.Status);
        Assert.Equal(["id", "object", "bytes", "created_at", "expires_at", "filename", "purpose"], uploaded.Json.EnumerateObject().Select(member => member.Name));
        var (id, created) = (Api.IdOf(uploaded.Json), time.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal($$"""{"id":"{{id}}","object":"file","bytes":7,"created_at":{{created}},"expires_at":{{created + 86400}},"filename":"report.pdf","purpose":""}""", uploaded.Body);
        Assert.True(id.StartsWith("file_", StringComparison.Ordinal) && Guid.TryParse(id[5..], out _));
        Assert.Equal(uploaded.Body, (await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Body);

        using var content = await api.Http.GetAsync($"{api.Emulator.BaseAddress}/files/{id}/content", Token);
        Assert.Equal("application/octet-stream", content.Content.Headers.ContentType?.MediaType);
        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("", (await api.SendAsync(HttpMethod.Get, $"/files/{id}/content?format=text")).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Get, $"/files/{id}/content?format=json")).Status);

        Assert.Equal($$"""{"id":"{{id}}","object":"file","deleted":true}""", (await api.SendAsync(HttpMethod.Delete, $"/files/{id}")).Body);
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Get, "/content"), (HttpMethod.Delete, ""), (HttpMethod.Post, "/public-url")])
        {
            var gone = await api.SendAsync(method, $"/files/{id}{path}");
            Assert.Equal((HttpStatusCode.NotFound, "not-found", $"File with id={id} not found"), (gone.Status, gone.Code, gone.Error));
        }
    }

    [Fact]
    public async Task File_expires_at_its_expiry_time()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        var id = Api.IdOf((await UploadAsync(api, "a.txt", "x"u8.ToArray(), "text/plain", ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600"))).Json);
        time.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Delete, $"/files/{id}")).Status);
    }

    [Theory]
    [InlineData("expires_after", "3599")]
    [InlineData("expires_after", "2592001")]
    [InlineData("expires_after", "soon")]
    [InlineData("expires_after[anchor]", "last_used")]
    public async Task Upload_with_an_invalid_expiry_is_rejected(string field, string value)
    {
        await using var api = await Api.StartAsync();
        var reply = await UploadAsync(api, "a.txt", "x"u8.ToArray(), "text/plain", (field, value));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid-argument"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Upload_with_wrong_parts_is_rejected()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal("The field purpose must precede the file part.", (await PostAsync(api, File("a.txt"), Field("purpose", "x"))).Error);
        Assert.Equal("Only one file part is allowed.", (await PostAsync(api, File("a.txt"), File("b.txt"))).Error);
        Assert.Equal("The file part must have a filename.", (await PostAsync(api, Field("file", "x"))).Error);
        Assert.Equal("The multipart form has no file part.", (await PostAsync(api, Field("purpose", "x"))).Error);
        Assert.StartsWith("Invalid filename", (await PostAsync(api, File("../a.txt"))).Error, StringComparison.Ordinal);
        Assert.Equal("The field purpose is too long.", (await PostAsync(api, Field("purpose", new string('x', 5000)), File("a.txt"))).Error);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await api.SendAsync(HttpMethod.Post, "/files", "{}")).Status);

        using var cut = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx"u8.ToArray());
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var response = await api.Http.PostAsync($"{api.Emulator.BaseAddress}/files", cut, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task File_of_50_MiB_is_accepted_and_a_larger_one_gets_413()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await UploadAsync(api, "a.bin", new byte[50 * 1024 * 1024], "application/octet-stream")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await UploadAsync(api, "a.bin", new byte[(50 * 1024 * 1024) + 1], "application/octet-stream")).Status);
        Assert.True(api.Emulator.Requests[0].Bytes > 50 * 1024 * 1024);
        Assert.Equal(64 * 1024, api.Emulator.Requests[0].Body.Length);
    }

    [Fact]
    public async Task Files_are_listed_in_pages_until_a_page_is_short()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        for (var number = 0; number < 5; number++)
        {
            await UploadAsync(api, $"{(char)('e' - number)}.txt", new byte[number + 1], "text/plain");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"], await NamesAsync(api, "?sort_by=created_at"));
        Assert.Equal(["e.txt", "d.txt", "c.txt", "b.txt", "a.txt"], await NamesAsync(api, "?sort_by=size&order=asc"));
        var first = (await api.SendAsync(HttpMethod.Get, "/files?sort_by=filename&order=asc&limit=3")).Json;
        var last = (await api.SendAsync(HttpMethod.Get, $"/files?sort_by=filename&order=asc&limit=3&pagination_token={first.GetProperty("pagination_token")}")).Json;
        Assert.Equal(["a.txt", "b.txt", "c.txt"], Names(first));
        Assert.Equal(["d.txt", "e.txt"], Names(last));
        Assert.True(last.TryGetProperty("pagination_token", out _));
        Assert.Equal("""{"data":[]}""", (await api.SendAsync(HttpMethod.Get, $"/files?sort_by=filename&order=asc&after={last.GetProperty("pagination_token")}")).Body);
        Assert.Equal(5, (await NamesAsync(api, "")).Length);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?order=up")]
    [InlineData("?sort_by=color")]
    [InlineData("?pagination_token=file_unknown")]
    [InlineData("?filter=color%20%3D%20red")]
    [InlineData("?filter=name")]
    [InlineData("?filter=name%20%3E%20a")]
    [InlineData("?filter=size_bytes%20%3D%20x")]
    [InlineData("?filter=created_at%20%3E%20soon")]
    [InlineData("?filter=(name%20%3D%20a")]
    [InlineData("?filter=name%20%3D%20a%20b")]
    public async Task List_with_an_invalid_parameter_is_rejected(string query)
    {
        await using var api = await Api.StartAsync();
        await UploadAsync(api, "a.txt", "x"u8.ToArray(), "text/plain");
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Get, $"/files{query}")).Status);
    }

    [Theory]
    [InlineData("name = \"REPORT\"", "report.pdf")]
    [InlineData("NOT file_name = report", "notes.txt,small.txt")]
    [InlineData("content_type = pdf OR size_bytes <= 1", "report.pdf,small.txt")]
    [InlineData("content_type = text AND (size_bytes > 1 OR name = report)", "notes.txt")]
    [InlineData("size_bytes >= 3 AND size_bytes < 4", "report.pdf")]
    [InlineData("size_bytes != 2 AND upload_status = completed", "report.pdf,small.txt")]
    [InlineData("created_at > 2026-09-30T00:00:00Z AND expires_at > 2030-01-01T00:00:00Z", "notes.txt,report.pdf,small.txt")]
    [InlineData("user_defined_id = mine", "")]
    [InlineData("file_id != file_x AND size_bytes = 1", "small.txt")]
    public async Task Filter_selects_files(string filter, string names)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = new ManualTime() });
        await UploadAsync(api, "small.txt", new byte[1], "text/plain");
        await UploadAsync(api, "notes.txt", new byte[2], "text/plain");
        await UploadAsync(api, "report.pdf", new byte[3], "application/pdf");
        Assert.Equal(names, string.Join(',', await NamesAsync(api, $"?sort_by=filename&order=asc&filter={Uri.EscapeDataString(filter)}")));
    }

    [Fact]
    public async Task Public_url_returns_the_bytes_without_a_key_until_it_is_revoked()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ApiKey = "xai-right-key", TimeProvider = time });
        Assert.Equal(HttpStatusCode.Unauthorized, (await UploadAsync(api, "a.png", [1, 2], "image/png")).Status);
        api.Http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-right-key");
        var id = Api.IdOf((await UploadAsync(api, "a b.png", [1, 2], "image/png")).Json);
        var published = (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url", """{"expires_after":3600}""")).Json;
        var url = published.GetProperty("public_url").GetString()!;
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds() + 3600, published.GetProperty("expires_at").GetInt64());
        Assert.Equal(url, (await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Json.GetProperty("public_url").GetString());
        Assert.Equal(url, (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url")).Json.GetProperty("public_url").GetString());
        using var anonymous = new HttpClient();
        Assert.Equal<byte[]>([1, 2], await anonymous.GetByteArrayAsync(new Uri(url), Token));

        Assert.Equal($$"""{"id":"{{id}}","revoked":true,"public_url":"{{url}}"}""", (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url/revoke")).Body);
        Assert.Equal($$"""{"id":"{{id}}","revoked":false}""", (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url/revoke")).Body);
        using var gone = await anonymous.GetAsync(new Uri(url), Token);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);

        var text = Api.IdOf((await UploadAsync(api, "a.csv", [1], "text/csv")).Json);
        Assert.Equal("Public URLs are not supported for files with content type 'text/csv'.", (await api.SendAsync(HttpMethod.Post, $"/files/{text}/public-url")).Error);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url", "[")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url", """{"expires_after":1}""")).Status);
    }

    [Fact]
    public async Task Public_url_expires_with_its_file_at_the_latest()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { TimeProvider = time });
        var expiry = time.GetUtcNow().ToUnixTimeSeconds() + 7200;
        var id = Api.IdOf((await UploadAsync(api, "a.png", [1], "image/png", ("expires_after", "7200"))).Json);
        var inherited = (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url")).Json;
        Assert.Equal(expiry, inherited.GetProperty("expires_at").GetInt64());
        Assert.False((await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Json.TryGetProperty("public_url_expires_at", out _));

        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url", """{"expires_after":7201}""")).Status);
        var own = (await api.SendAsync(HttpMethod.Post, $"/files/{id}/public-url", """{"expires_after":3600}""")).Json;
        Assert.Equal(expiry - 3600, own.GetProperty("expires_at").GetInt64());
        Assert.Equal(expiry - 3600, (await api.SendAsync(HttpMethod.Get, $"/files/{id}")).Json.GetProperty("public_url_expires_at").GetInt64());

        var kept = Api.IdOf((await UploadAsync(api, "b.png", [1], "image/png")).Json);
        Assert.False((await api.SendAsync(HttpMethod.Post, $"/files/{kept}/public-url")).Json.TryGetProperty("expires_at", out _));
        var empty = Api.IdOf((await UploadAsync(api, "c.png", [], "image/png")).Json);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, $"/files/{empty}/public-url")).Status);
    }

    [Theory]
    [InlineData("PUT", "/files", 405)]
    [InlineData("POST", "/files/file_1", 405)]
    [InlineData("POST", "/files/file_1/content", 405)]
    [InlineData("GET", "/files/file_1/public-url", 405)]
    [InlineData("GET", "/files/file_1/unknown", 404)]
    public async Task Wrong_method_or_path_of_files_is_rejected(string method, string path, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.SendAsync(new HttpMethod(method), path)).Status);
    }

    [Fact]
    public async Task Text_of_an_attached_file_enters_the_context_and_stays_after_its_deletion()
    {
        await using var api = await Api.StartAsync();
        var id = Api.IdOf((await UploadAsync(api, "notes.txt", "The launch is on 3 May.\nMy name is Alice."u8.ToArray(), "text/plain")).Json);
        var asked = await AskAsync(api, $$"""{"type":"input_file","file_id":"{{id}}"}""", "When is the launch?");
        Assert.Equal("According to notes.txt: The launch is on 3 May.", Api.TextOf(asked.Json));
        Assert.Equal(["The launch is on 3 May.\nMy name is Alice."], api.Emulator.Requests[^1].FileTexts);
        Assert.True(InputTokens(asked) > InputTokens(await api.CreateAsync("""{"model":"grok-4.6","input":"When is the launch?"}""")) + 10);

        await api.SendAsync(HttpMethod.Delete, $"/files/{id}");
        Assert.Equal("Your name is Alice.", await api.AnswerAsync("What's my name?", Api.IdOf(asked.Json)));
        Assert.Equal("According to notes.txt: The launch is on 3 May.", await api.AnswerAsync("When is the launch, according to the file?", Api.IdOf(asked.Json)));
        var unknown = await AskAsync(api, $$"""{"type":"input_file","file_id":"{{id}}"}""", "When is the launch?");
        Assert.Equal((HttpStatusCode.NotFound, $"File with id={id} not found"), (unknown.Status, unknown.Error));
    }

    [Fact]
    public async Task File_in_a_function_result_is_read()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""
            {"model":"grok-4.6","input":[{"role":"user","content":"Hello"},{"type":"function_call","call_id":"c","name":"read","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"rain"},{"type":"input_file","filename":"a.txt","file_data":"VGhlIHNreSBpcyBncmVlbi4="}]}]}
            """);
        Assert.Equal("According to read: rain.", Api.TextOf(reply.Json));
        Assert.Equal(["The sky is green."], api.Emulator.Requests[0].FileTexts);
    }

    [Fact]
    public async Task Max_output_tokens_limits_the_visible_text_of_an_answer_from_a_file()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""
            {"model":"grok-4.6","max_output_tokens":3,"input":[{"role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"VGhlIHNreSBpcyBncmVlbi4="},{"type":"input_text","text":"Sky?"}]}]}
            """);
        Assert.Equal("max_output_tokens", reply.Json.GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.StartsWith("According", Api.TextOf(reply.Json), StringComparison.Ordinal);
        Assert.True(reply.Json.GetProperty("usage").GetProperty("output_tokens").GetInt32() > 3);
    }

    [Fact]
    public async Task Script_conditions_see_the_text_of_attached_files()
    {
        await using var api = await Api.StartAsync();
        var id = Api.IdOf((await UploadAsync(api, "a.md", "secret 42"u8.ToArray(), "text/markdown")).Json);
        api.Emulator.Script.When(request => request.FileTexts.Any(text => text.Contains("secret", StringComparison.Ordinal))).Reply("Found.");
        Assert.Equal("Found.", Api.TextOf((await AskAsync(api, $$"""{"type":"input_file","file_id":"{{id}}"}""", "Hello")).Json));
    }

    [Theory]
    [InlineData("""{"type":"input_file","filename":"a.txt","file_data":"VGhlIHNreSBpcyBncmVlbi4="}""", "What colour is the sky?", "According to a.txt: The sky is green.")]
    [InlineData("""{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,VGhlIHNreSBpcyBncmVlbi4="}""", "Hello", "I see 1 file: a.txt (17 bytes, text that begins \"The sky is green.\").")]
    [InlineData("""{"type":"input_file","filename":"a.bin","file_data":"AAECAw=="}""", "Hello", "I see 1 file: a.bin (4 bytes, without text that this emulator can read).")]
    [InlineData("""{"type":"input_file","filename":"a.bin","file_data":"//8="}""", "Hello", "I see 1 file: a.bin (2 bytes, without text that this emulator can read).")]
    [InlineData("""{"type":"input_file","file_url":"https://example.com/a.pdf"}""", "Hello", "I see 1 file: https://example.com/a.pdf, which this emulator does not fetch.")]
    public async Task File_data_is_read_and_a_file_url_is_not_fetched(string part, string question, string answer)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(answer, Api.TextOf((await AskAsync(api, part, question)).Json));
    }

    [Fact]
    public async Task Uncompressed_text_of_a_pdf_is_read()
    {
        await using var api = await Api.StartAsync();
        var pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n4 0 obj\n<< /Length 60 >>\nstream\nBT /F1 12 Tf (Revenue \\(2026\\) was 42 million.) Tj ET\nendstream\nendobj\n%%EOF\n");
        var id = Api.IdOf((await UploadAsync(api, "report.pdf", pdf, "application/pdf")).Json);
        Assert.Equal("According to report.pdf: Revenue (2026) was 42 million.", Api.TextOf((await AskAsync(api, $$"""{"type":"input_file","file_id":"{{id}}"}""", "What was the revenue?")).Json));
        Assert.Equal("Revenue (2026) was 42 million.", (await api.SendAsync(HttpMethod.Get, $"/files/{id}/content?format=text")).Body);
    }

    [Fact]
    public async Task Long_text_is_cut_before_it_enters_the_context()
    {
        await using var api = await Api.StartAsync();
        var text = new StringBuilder().Insert(0, "word ", 80_000).ToString();
        var id = Api.IdOf((await UploadAsync(api, "long.txt", Encoding.UTF8.GetBytes(text), "text/plain")).Json);
        Assert.InRange(InputTokens(await AskAsync(api, $$"""{"type":"input_file","file_id":"{{id}}"}""", "Hello")), 40_000, 50_100);
    }

    [Fact]
    public async Task File_data_that_is_not_base64_is_rejected()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal("file_data must be base64.", (await AskAsync(api, """{"type":"input_file","filename":"a","file_data":"!"}""", "Hello")).Error);
    }

    private static int InputTokens(Reply reply) => reply.Json.GetProperty("usage").GetProperty("input_tokens").GetInt32();

    private static Task<Reply> AskAsync(Api api, string part, string question) => api.CreateAsync(
        $$"""{"model":"grok-4.6","input":[{"role":"user","content":[{{part}},{"type":"input_text","text":"{{question}}"}]}]}""");

    private static async Task<string[]> NamesAsync(Api api, string query) => Names((await api.SendAsync(HttpMethod.Get, $"/files{query}")).Json);

    private static string[] Names(System.Text.Json.JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(file => file.GetProperty("filename").GetString()!)];

    private static Task<Reply> UploadAsync(Api api, string name, byte[] bytes, string type, params (string Name, string Value)[] fields) =>
        PostAsync(api, [.. fields.Select(field => Field(field.Name, field.Value)), File(name, bytes, type)]);

    private static (HttpContent Content, string Name, string? FileName) Field(string name, string value) => (new StringContent(value), name, null);

    private static (HttpContent Content, string Name, string? FileName) File(string name, byte[]? bytes = null, string type = "text/plain")
    {
        var content = new ByteArrayContent(bytes ?? [1]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return (content, "file", name);
    }

    private static async Task<Reply> PostAsync(Api api, params (HttpContent Content, string Name, string? FileName)[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (content, name, fileName) in parts)
        {
            if (fileName is null)
            {
                form.Add(content, name);
            }
            else
            {
                form.Add(content, name, fileName);
            }
        }

        using var response = await api.Http.PostAsync($"{api.Emulator.BaseAddress}/files", form, Token);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(Token), response);
    }
}
