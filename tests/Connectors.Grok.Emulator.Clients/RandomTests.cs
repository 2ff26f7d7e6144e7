using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Clients.Support;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>Checks that random replies have the documented form and that other clients can read them.</summary>
public sealed class RandomTests(NodePackages node)
{
    /// <summary>The number of replies. At least 200 of them must consist of items that the strict reader supports.</summary>
    private const int Scripts = 240;

    private const string Includes =
        """ ["reasoning.encrypted_content","web_search_call.action.sources","code_interpreter_call.outputs","file_search_call.results"]""";

    [Fact]
    public async Task Random_replies_match_the_schema_and_are_read_by_the_strict_reader()
    {
        node.SkipIfMissing();
        var dump = node.FileOf("replies.jsonl");
        await File.WriteAllLinesAsync(dump, (await ReplyAsync()).Select(reply => reply.Json));
        foreach (var script in (string[])["validate.mjs", "read.mjs"])
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{script}: {(await node.RunAsync(script, dump))[^1]}");
        }
    }

    [Fact]
    public async Task Random_replies_are_read_by_the_dotnet_client()
    {
        foreach (var (_, response, stream) in await ReplyAsync())
        {
            using var expected = JsonDocument.Parse(response);
            var read = ModelReaderWriter.Read<ResponseResult>(BinaryData.FromString(response))!;
            Assert.Equal(expected.RootElement.GetProperty("output").GetArrayLength(), read.OutputItems.Count);
            foreach (var frame in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            {
                var update = ModelReaderWriter.Read<StreamingResponseUpdate>(BinaryData.FromString(frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..]));
                Assert.NotNull(update);
            }
        }
    }

    private static async Task<IReadOnlyList<(string Json, string Response, string Stream)>> ReplyAsync()
    {
        await using var emulator = new GrokEmulator();
        using var http = new HttpClient(emulator.CreateHandler());
        var all = new List<(string, string, string)>();
        for (var seed = 0; seed < Scripts; seed++)
        {
            var script = new RandomScripts(seed);
            emulator.Script.Reply(script.Build).Reply(new RandomScripts(seed).Build);
            var response = await PostAsync(http, emulator.BaseAddress, seed, isStreamed: false);
            var stream = await PostAsync(http, emulator.BaseAddress, seed, isStreamed: true);
            all.Add((Line($"script {seed}", response, stream, script), response, stream));
        }

        emulator.Script.ShouldBeUsedUp();
        return all;
    }

    private static async Task<string> PostAsync(HttpClient http, Uri address, int seed, bool isStreamed)
    {
        var include = seed % 2 == 0 ? $",\"include\":{Includes}" : "";
        var body = $"{{\"model\":\"grok-4.6\",\"input\":\"Hello\",\"stream\":{(isStreamed ? "true" : "false")}{include}}}";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{address}/responses", content);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    private static string Line(string name, string response, string stream, RandomScripts script)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("response", response);
            writer.WriteString("stream", stream);
            writer.WriteString("text", script.Text);
            writer.WriteBoolean("skip", script.HasUnsupportedItem);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
