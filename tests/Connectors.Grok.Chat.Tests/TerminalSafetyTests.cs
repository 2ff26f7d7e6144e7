using System.Net;
using System.Text;
using System.Text.Json;
using Chat;
using Connectors.Grok.Chat.Tests.Support;

namespace Connectors.Grok.Chat.Tests;

public sealed class TerminalSafetyTests
{
    /// <summary>Sets the clipboard, clears the screen, both also as single characters, and reverses the text.</summary>
    private const string Hostile = "\e]52;c;aGFja2Vk\a\e[2J\u009b2J\u202e\r\u007f";

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(180)]
    public async Task Control_characters_of_the_service_and_of_names_never_reach_the_terminal(int width)
    {
        await using var chat = ChatHost.Start(width, new HostileService());
        string[] lines = ["/switch name" + Hostile, "Hello" + Hostile, "/history", "/search answer", "/usage", "/reasoning", "/conversations", "/rewind", "/fork 9", "/delete x", "/switch y" + Hostile, "/bogus" + Hostile];
        foreach (var line in lines)
        {
            var output = await chat.RunAsync(null, line) + chat.Errors;
            Assert.DoesNotContain(output, static c => TerminalText.IsUnsafe(c) && c != '\r');
            Assert.DoesNotContain('\r', output.ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public async Task Control_characters_of_a_response_id_are_visible_as_escapes()
    {
        await using var chat = ChatHost.Start(180, new HostileService());
        Assert.Contains(@"[1] resp\u001B]52;c;aGFja2Vk\u0007\u001B[2J", await chat.RunAsync(null, "Hello"), StringComparison.Ordinal);
        Assert.Contains(@"resp\u001B]52;c", await chat.RunAsync(null, "/history"), StringComparison.Ordinal);
    }

    [Fact]
    public void Escaped_JSON_means_the_same()
    {
        var json = TerminalText.Escape("{\"text\":\"a\u202eb\"}");
        Assert.Equal("{\"text\":\"a\\u202Eb\"}", json);
        Assert.Equal("a\u202eb", JsonDocument.Parse(json).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void Halves_of_surrogate_pairs_are_escaped_and_pairs_are_not() => Assert.Equal(@"😀\uD83D-\uDE00", TerminalText.Escape("😀\uD83D-\uDE00"));

    /// <summary>Answers every request with texts, names and ids that contain control characters.</summary>
    private sealed class HostileService : HttpMessageHandler
    {
        private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var text = Quote("The answer" + Hostile);
            var id = Quote("resp" + Hostile);
            var item = $$$"""{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":{{{text}}},"annotations":[]}]}""";
            string Response(string status, string output) => $$$"""{"id":{{{id}}},"object":"response","created_at":1,"status":"{{{status}}}","model":{{{text}}},"store":true,"output":[{{{output}}}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""";
            var events = new StringBuilder()
                .Append($$$"""data: {"type":"response.created","sequence_number":0,"response":{{{Response("in_progress", "")}}}}""").Append("\n\n")
                .Append($$$"""data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"msg_1","role":"assistant","status":"in_progress","content":[]}}""").Append("\n\n")
                .Append($$$"""data: {"type":"response.output_text.delta","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"delta":{{{text}}}}""").Append("\n\n")
                .Append($$$"""data: {"type":"response.output_item.done","sequence_number":3,"output_index":0,"item":{{{item}}}}""").Append("\n\n")
                .Append($$$"""data: {"type":"response.completed","sequence_number":4,"response":{{{Response("completed", item)}}}}""").Append("\n\n");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(events.ToString(), Encoding.UTF8, "text/event-stream") });
        }
    }
}
