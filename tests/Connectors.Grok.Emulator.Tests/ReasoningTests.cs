using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ReasoningTests
{
    private const string Undecryptable =
        "Could not decrypt the provided encrypted_content. Ensure the value is the unmodified encrypted_content from a previous response.";

    [Fact]
    public async Task Encrypted_reasoning_is_returned_when_included_and_always_by_grok_4_7()
    {
        await using var api = await Api.StartAsync();
        Assert.Null(Blob(await api.SayAsync("Hello")));
        Assert.NotNull(Blob(await api.SayAsync("Hello", model: "grok-4.7")));
        var blob = Blob(await TurnAsync(api, "Hello"))!;
        Assert.DoesNotContain('=', blob);
        Assert.DoesNotContain("Hello", System.Text.Encoding.Latin1.GetString(Decode(blob)), StringComparison.Ordinal);
        Assert.True(Decode(blob).Length >= 43);
    }

    [Fact]
    public async Task Resent_history_with_unchanged_reasoning_is_accepted()
    {
        await using var api = await Api.StartAsync();
        var input = await HistoryAsync(api);
        var reply = await SendAsync(api, input);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body);
        Assert.Equal("Your name is Alice.", Api.TextOf(reply.Json));
    }

    [Fact]
    public async Task Reasoning_blob_altered_by_one_character_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var input = await HistoryAsync(api);
        var blob = (string)input[1]!["encrypted_content"]!;
        foreach (var offset in (int[])[0, blob.Length / 2, blob.Length - 3])
        {
            input[1]!["encrypted_content"] = blob[..offset] + (blob[offset] == 'A' ? 'B' : 'A') + blob[(offset + 1)..];
            await AssertRejectedAsync(api, input);
        }

        input[1]!["encrypted_content"] = blob + "=";
        await AssertRejectedAsync(api, input);
        input[1]!["encrypted_content"] = "bm90IGEgYmxvYg";
        await AssertRejectedAsync(api, input);
    }

    [Fact]
    public async Task Reasoning_blob_of_another_model_is_rejected()
    {
        await using var api = await Api.StartAsync();
        await AssertRejectedAsync(api, await HistoryAsync(api), model: "grok-4.5");
    }

    [Fact]
    public async Task Reasoning_with_a_changed_summary_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var input = await HistoryAsync(api);
        input[1]!["summary"]![0]!["text"] = "Something else";
        await AssertRejectedAsync(api, input);
        input[1]!["summary"] = new JsonArray();
        await AssertRejectedAsync(api, input);
    }

    [Fact]
    public async Task Reasoning_with_joined_summary_parts_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var first = await api.SayAsync("Hello", more: ",\"reasoning\":{\"effort\":\"xhigh\"},\"include\":[\"reasoning.encrypted_content\"]");
        var reasoning = JsonNode.Parse(Api.Item(first, "reasoning").GetRawText())!.AsObject();
        Assert.Equal(2, reasoning["summary"]!.AsArray().Count);
        var input = new JsonArray(reasoning, User("Hello"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(api, input)).Status);
        var joined = string.Concat(reasoning["summary"]!.AsArray().Select(part => (string)part!["text"]!));
        reasoning["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = joined });
        await AssertRejectedAsync(api, input);
    }

    [Fact]
    public async Task Reasoning_in_a_changed_order_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var input = await HistoryAsync(api);
        var second = await TurnAsync(api, "Hello");
        var reasoning = JsonNode.Parse(Api.Item(second, "reasoning").GetRawText())!;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(api, [.. Copy(input).SkipLast(1), reasoning.DeepClone(), User("Hi")])).Status);

        // A later blob before an earlier one; reasoning after its own message; the same blob twice.
        await AssertRejectedAsync(api, [reasoning.DeepClone(), .. Copy(input)]);
        var swapped = Copy(input);
        await AssertRejectedAsync(api, [swapped[0].DeepClone(), swapped[2].DeepClone(), swapped[1].DeepClone(), User("Hi")]);
        await AssertRejectedAsync(api, [swapped[1].DeepClone(), swapped[1].DeepClone(), User("Hi")]);
    }

    [Fact]
    public async Task Reasoning_with_null_content_beside_its_blob_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var input = await HistoryAsync(api);
        input[1]!["content"] = null;
        var reply = await SendAsync(api, input);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal("Could not decode the compaction blob. Ensure it is unmodified from the compact response.", reply.Error);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.OK)]
    [InlineData(true, HttpStatusCode.BadRequest)]
    public async Task RejectReasoningStatus_rejects_resent_reasoning_with_a_status(bool rejects, HttpStatusCode expected)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { RejectReasoningStatus = rejects });
        var input = await HistoryAsync(api);
        Assert.Equal(expected, (await SendAsync(api, input)).Status);
        input[1]!.AsObject().Remove("status");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(api, input)).Status);
    }

    [Fact]
    public async Task Reasoning_blob_is_accepted_only_by_an_emulator_with_the_same_key()
    {
        var key = new byte[32];
        await using var first = await Api.StartAsync(new GrokEmulatorOptions { SealingKey = key });
        await using var same = await Api.StartAsync(new GrokEmulatorOptions { SealingKey = key });
        await using var other = await Api.StartAsync();
        var input = await HistoryAsync(first);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(same, input)).Status);
        await AssertRejectedAsync(other, input);
    }

    [Fact]
    public async Task Non_reasoning_model_returns_no_reasoning()
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(["message"], Api.Types(await api.SayAsync("Hello", model: "grok-4.20-non-reasoning")));
    }

    private static async Task<JsonElement> TurnAsync(Api api, string text) =>
        await api.SayAsync(text, more: ",\"store\":false,\"include\":[\"reasoning.encrypted_content\"]");

    /// <summary>Returns the input of a second turn that resends the history: user, reasoning, assistant, user.</summary>
    private static async Task<JsonArray> HistoryAsync(Api api)
    {
        const string Text = "Hello, my name is Alice.";
        var first = await TurnAsync(api, Text);
        return [User(Text), .. JsonNode.Parse(first.GetProperty("output").GetRawText())!.AsArray().Select(item => item!.DeepClone()), User("What's my name?")];
    }

    private static JsonObject User(string text) => new() { ["role"] = "user", ["content"] = text };

    private static List<JsonNode> Copy(JsonArray items) => [.. items.Select(item => item!.DeepClone())];

    private static Task<Reply> SendAsync(Api api, JsonArray input, string model = "grok-4.6") =>
        api.CreateAsync($$"""{"model":"{{model}}","store":false,"input":{{input.ToJsonString()}}}""");

    private static async Task AssertRejectedAsync(Api api, JsonArray input, string model = "grok-4.6")
    {
        var reply = await SendAsync(api, input, model);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(("invalid-argument", Undecryptable), (reply.Code, reply.Error));
    }

    private static string? Blob(JsonElement response) =>
        Api.Item(response, "reasoning").TryGetProperty("encrypted_content", out var blob) ? blob.GetString() : null;

    private static byte[] Decode(string blob) => Convert.FromBase64String(blob.PadRight((blob.Length + 3) / 4 * 4, '='));
}
