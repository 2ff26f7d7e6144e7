using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Clients.Support;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>
/// Requests in the shapes that xAI's own TypeScript client sends, rebuilt from its tests. The emulator accepts each, and its answers match the
/// schema and have the members that this client reads (node/sdk-shapes.json).
/// </summary>
public sealed class SdkShapeTests(NodePackages node)
{
    private const int MinRequests = 16;

    [Fact]
    public async Task Requests_of_the_client_of_xAI_are_accepted_and_their_answers_have_the_shapes_it_reads()
    {
        var replies = await ReplyAsync();
        Assert.True(replies.Count >= MinRequests);
        node.SkipIfMissing();
        var dump = node.FileOf("sdk.jsonl");
        await File.WriteAllLinesAsync(dump, replies);
        TestContext.Current.TestOutputHelper?.WriteLine($"validate.mjs: {(await node.RunAsync("validate.mjs", dump))[^1]}");
    }

    private static async Task<IReadOnlyList<string>> ReplyAsync()
    {
        using var shapes = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "node", "sdk-shapes.json")));
        await using var emulator = new GrokEmulator();
        using var http = new HttpClient(emulator.CreateHandler());
        var lines = new List<string>();
        foreach (var request in shapes.RootElement.GetProperty("requests").EnumerateArray())
        {
            var (name, body) = (request.GetProperty("name").GetString()!, request.GetProperty("body"));
            lines.Add(Line(name, await PostAsync(http, emulator.BaseAddress, name, body, isStreamed: false), await PostAsync(http, emulator.BaseAddress, name, body, isStreamed: true)));
        }

        return lines;
    }

    private static async Task<string> PostAsync(HttpClient http, Uri address, string name, JsonElement body, bool isStreamed)
    {
        var json = Write(writer =>
        {
            foreach (var member in body.EnumerateObject().Where(member => member.Name != "stream"))
            {
                member.WriteTo(writer);
            }

            writer.WriteBoolean("stream", isStreamed);
        });
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{address}/responses", content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{name}: {text}");
        return text;
    }

    private static string Line(string name, string response, string stream) => Write(writer =>
    {
        writer.WriteString("name", name);
        writer.WriteString("response", response);
        writer.WriteString("stream", stream);
    });

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
