using System.Net;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Recordings;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>What a recording must not hold: secrets in any place and any form.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Marker = "q7Zr";

    /// <summary>Requests and responses with planted secrets, each of which has the marker.</summary>
    private static readonly (string Path, string Request, string Response)[] Exchanges =
    [
        ("/v1/responses?api_key=01q7Zr-secret", """{"authorization":"Bearer 02q7Zr"}""", "{}"),
        ("/v1/responses#access_token=03q7Zr", """{"tools":[{"type":"mcp","server_label":"s","headers":{"X-Custom":"04q7Zr","x-tenant":["05q7Zr"]}}]}""", "{}"),
        ("/v1/responses", """{"tools":[{"type":"mcp","server_url":"https://joe:06q7Zr@mcp.example/sse?id=07q7Zr#t=08q7Zr"}]}""", "{}"),
        ("/v1/responses", """{"input":"My key is xai-09q7Zr0000, use it."}""", """{"output":[{"type":"message","content":[{"text":"Your key: sk-10q7Zr0000000"}]}]}"""),
        ("/v1/responses", """{"input":[{"role":"user","content":"Authorization: Bearer 11q7Zr\nCookie: a=b; sid=40q7Zr"}]}""", """{"error":"Wrong key ghp_12q7Zr0000"}"""),
        ("/v1/responses", """{"input":[{"type":"function_call","name":"login","arguments":"{\"user\":\"joe\",\"password\":\"13 q7Zr\",\"pin\":14771}"}]}""", "{}"),
        ("/v1/responses", """{"input":[{"type":"function_call_output","output":"{\"config\":\"{\\\"db_password\\\":\\\"15q7Zr\\\"}\"}"}]}""", "{}"),
        ("/v1/responses", "{\"input\":\"\\u0078ai-16q7Zr00\"}", "{\"text\":\"\\u0042earer\\u002017q7Zr\"}"),
        ("/v1/responses", """{"input":"see https://joe:18q7Zr@host.example/?sig=19q7Zr&page=2"}""", """{"url":"https://a.example/cb?code=20q7Zr"}"""),
        ("/v1/responses", """{"input":"export AWS_SECRET_ACCESS_KEY=21q7Zr/K7MDENG"}""", """{"text":"AKIAQQ22q7Zr"}""".Replace("22q7Zr", "22Q7ZR", StringComparison.Ordinal)),
        ("/v1/responses", """{"input":"eyJhbGciOiJIUzI1NiJ9.eyJxN1pyIjoyM30.23q7Zr"}""", """{"text":"-----BEGIN PRIVATE KEY-----\nMIIE24q7Zr\n-----END PRIVATE KEY-----"}"""),
        ("/v1/responses", """{"metadata":{"api-key":"25q7Zr","nested":{"client_secret":{"value":"26q7Zr"}}}}""", """{"cookie":"sid=27q7Zr"}"""),
        ("/v1/responses", """{"input":"password%3D28q7Zr and token=29q7Zr"}""", """{"text":"the passphrase is 30q7Zr"}"""),
        ("/v1/responses", """{"input":"unknown form: 31q7ZrA8f3kLm29XbTqz"}""", """{"text":"https://hooks.example/services/T000/32q7ZrA8f3kLm29X"}"""),
        ("/v1/files", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n33q7Zr\r\n--b--", """{"id":"file_1"}"""),
        ("/v1/responses", """{"input":[{"role":"user","content":[{"type":"input_file","file_data":"data:text/plain;base64,MzRxN1py34q7Zr"}]}],"user":"35q7Zr","xai-36q7Zr00":1}""", "not json: {\"api_key\": \"37q7Zr"),
        ("/v1/responses", """{"tools":[{"type":"function","name":"f","parameters":{"properties":{"api_key":{"type":"string","default":"38q7Zr","description":"the key"}}}}]}""", """{"text":"Basic am9lOjM5cTdacg== 39q7Zr000000"}"""),
    ];

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recording-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Recording_holds_none_of_the_planted_secrets()
    {
        var planted = Exchanges.Sum(static exchange => Count(exchange.Path + exchange.Request + exchange.Response));
        Assert.InRange(planted, 30, 100);
        var recording = new ConversationRecording();
        foreach (var (path, request, response) in Exchanges)
        {
            recording.Add(new RecordedExchange("POST", path, request, 200, Headers("application/json"), [new RecordedChunk(1, response)], IsCut: false));
        }

        recording.Save(_file);
        var file = await File.ReadAllTextAsync(_file, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Marker, file, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("14771", file, StringComparison.Ordinal);
        Assert.DoesNotContain("am9l", file, StringComparison.Ordinal);
        Assert.Contains(@"\""type\"":\""string\"",\""default\"":\""***\"",\""description\"":\""the key\""", file, StringComparison.Ordinal);
        Assert.Equal(Exchanges.Length, ConversationRecording.Load(_file).Count);
    }

    [Theory]
    [InlineData("output_text", "My key: xai-", "q7Zr0", "0, and more")]
    [InlineData("output_text", "Bea", "rer ", "q7Zr")]
    [InlineData("output_text", "postgres://joe:q7", "Zr@db.example/x")]
    [InlineData("function_call_arguments", "{\"api_", "key\":", "\"q7Zr", " two\"}")]
    [InlineData("function_call_arguments", "{\"to\":\"a\",\"pass", "word\":\"q7Z", "r\"")]
    [InlineData("function_call_arguments", "{\"header\":\"\\u0042earer q", "7Zr\"}")]
    [InlineData("reasoning_summary_text", "It says sk-", "q7Zr", "00000000")]
    public void Secret_that_is_split_over_events_is_redacted(string kind, params string[] deltas)
    {
        var chunks = deltas.Select((delta, index) => new RecordedChunk(index, $"event: response.{kind}.delta\ndata: {Json(writer => Delta(writer, kind, delta))}\n\n"))
            .Append(new RecordedChunk(99, $"event: response.{kind}.done\ndata: {Json(writer => writer.WriteString("text", string.Concat(deltas)))}\n\n")).ToList();
        var redacted = ChunkRedaction.Redact(chunks, isEventStream: true);
        Assert.Equal(chunks.Count, redacted.Count);
        var texts = redacted.Take(deltas.Length).Select(DeltaOf).ToList();
        Assert.Equal(0, Count(string.Concat(texts)));
        Assert.Equal(0, Count(string.Concat(redacted.Select(static chunk => chunk.Text))));
        Assert.Contains("***", string.Concat(texts), StringComparison.Ordinal);
        Assert.StartsWith($"event: response.{kind}.delta\ndata: ", redacted[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_without_secrets_stays_as_it_is_and_a_broken_event_is_redacted()
    {
        RecordedChunk[] plain = [new(1, "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"3f2b8c1e-0000-4000-8000-000000000001\",\"usage\":{\"input_tokens\":12}}}\n\n"), new(2, "data: [DONE]\n\n"), new(3, ": keep-alive\n\n")];
        Assert.Equal(plain, ChunkRedaction.Redact(plain, isEventStream: true));
        var cut = ChunkRedaction.Redact([new RecordedChunk(1, "event: x\ndata: {\"type\":\"x\",\"delta\":\"q7Zr")], isEventStream: true);
        Assert.Equal("event: x\ndata: ***", Assert.Single(cut).Text);
    }

    [Theory]
    [InlineData("""{"model":"grok-4.20-multi-agent-0309","input":"What is 2 + 2?","previous_response_id":"3f2b8c1e-0000-4000-8000-000000000001","max_output_tokens":1024,"prompt_cache_key":"chat-1"}""")]
    [InlineData("""{"error":"Response with id=3f2b8c1e-0000-4000-8000-000000000001 not found"}""")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"call_0f3a2b4c5d6e0001","name":"get_weather_in_2_cities_20261130","arguments":"{\"city\":\"Oslo\"}"},{"type":"reasoning","summary":[],"encrypted_content":"gAAAAB0f3a2b4c5d6e+/AAZZ09azAZ12bY=="}]}""")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAI"}]}]}""")]
    [InlineData("""{"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2},"text":"See https://a.example/?page=2&q=rain."}""")]
    [InlineData("Incorrect API key provided: xai-***. You can obtain an API key from https://console.x.ai.")]
    public void Text_without_secrets_stays_as_it_is(string text) => Assert.Equal(text, Redaction.Redact(text));

    [Fact]
    public void Redaction_of_a_redacted_text_changes_nothing()
    {
        foreach (var text in Exchanges.SelectMany(static exchange => new[] { exchange.Request, exchange.Response }))
        {
            var redacted = Redaction.Redact(text);
            Assert.Equal(redacted, Redaction.Redact(redacted));
        }
    }

    [Fact]
    public void Text_that_takes_too_long_or_is_nested_too_deeply_is_redacted_as_a_whole()
    {
        var nested = "\"q7Zr is the password\"";
        for (var depth = 0; depth < 12; depth++)
        {
            nested = "[" + Json(writer => writer.WriteStringValue(nested), isObject: false) + "]";
        }

        Assert.Equal(0, Count(Redaction.Redact(nested)));
    }

    [Fact]
    public void Saved_recording_can_be_read_by_its_owner_only_also_where_another_file_was()
    {
        File.WriteAllText(_file, "an older file that everybody can read");
        new ConversationRecording().Save(_file);
        Assert.StartsWith("""{"format":"connectors-grok-recording","version":1}""", File.ReadAllText(_file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        }
    }

    [Fact]
    public async Task Recording_with_a_header_twice_is_replayed_and_the_answer_to_another_request_shows_nothing_of_the_recording()
    {
        await File.WriteAllTextAsync(
            _file,
            """{"format":"connectors-grok-recording","version":1}""" + "\n"
            + """{"method":"POST","path":"/v1/responses","request":"{\"model\":\"grok-4.7\",\"input\":\"a recorded secret\",\"user\":\"***\"}","status":200,"headers":{"retry-after":"1","Retry-After":"2","content-type":"text/plain","content-length":"3"},"chunks":[[0,"recorded answer"]],"cut":false}""",
            TestContext.Current.CancellationToken);
        await using var emulator = new GrokEmulator();
        emulator.Replay(ConversationRecording.Load(_file));
        using var http = new HttpClient(emulator.CreateHandler());
        var (status, other) = await PostAsync(http, emulator.BaseAddress, """{"model":"grok-4.7","input":"another","temperature":1}""");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("recorded secret", other, StringComparison.Ordinal);
        Assert.Contains("1 recorded exchange is unused. The next one differs in these members of this request: input, temperature; it has 1 further members.", other, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "recorded answer"), await PostAsync(http, emulator.BaseAddress, """{"model":"grok-4.7","input":"a recorded secret","user":"joe"}"""));
        Assert.Contains("every recorded exchange was used", (await PostAsync(http, emulator.BaseAddress, "{}")).Text, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient http, Uri address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{address}/responses", content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static int Count(string text) => text.ToLowerInvariant().Split(Marker.ToLowerInvariant()).Length - 1;

    private static Dictionary<string, string> Headers(string type) => new() { ["content-type"] = type };

    private static void Delta(Utf8JsonWriter writer, string kind, string delta)
    {
        writer.WriteString("type", $"response.{kind}.delta");
        writer.WriteString("item_id", "msg_1");
        writer.WriteNumber("output_index", 0);
        writer.WriteString("delta", delta);
    }

    private static string DeltaOf(RecordedChunk chunk)
    {
        var line = chunk.Text.Split('\n').First(static text => text.StartsWith("data: ", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line["data: ".Length..]);
        return json.RootElement.GetProperty("delta").GetString()!;
    }

    private static string Json(Action<Utf8JsonWriter> write, bool isObject = true)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (isObject)
            {
                writer.WriteStartObject();
            }

            write(writer);
            if (isObject)
            {
                writer.WriteEndObject();
            }
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
