using System.Text;
using System.Text.Json;
using Connectors.Grok.Faults.Tests.Support;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Every scripted and documented answer, requested as a stream and with a single POST.</summary>
public sealed class WholeFromStreamTests
{
    [Fact]
    public async Task Answer_requested_as_a_stream_equals_that_of_a_single_POST_in_every_member()
    {
        var transport = new BytesTransport();
        using var client = transport.NewGrok();
        using var single = transport.NewGrok(static o => o.AlwaysStream = false);
        var compared = 0;
        foreach (var seed in (await Corpus.CaptureAsync()).Where(static s => s.IsStream && Terminal(s) is not null))
        {
            transport.Answer = new WireAnswer(Encoding.UTF8.GetBytes(Terminal(seed)!)) { ContentType = "application/json" };
            var whole = await DescribeAsync(single);
            transport.Answer = seed.ToAnswer();
            Assert.Equal(whole, await DescribeAsync(client));
            compared++;
        }

        Assert.True(compared > 20, $"{compared} answers");
    }

    /// <summary>The response of the terminal event; null when there is none with an output.</summary>
    private static string? Terminal(Seed seed)
    {
        foreach (var part in seed.Parts.Where(static p => p.StartsWith('{')))
        {
            using var json = JsonDocument.Parse(part);
            if (json.RootElement.TryGetProperty("type", out var type) && type.GetString() is "response.completed" or "response.incomplete" or "response.failed"
                && json.RootElement.TryGetProperty("response", out var response) && response.TryGetProperty("output", out var output)
                && (output.GetArrayLength() > 0 || type.GetString() == "response.failed"))
            {
                return response.GetRawText();
            }
        }

        return null;
    }

    private static async Task<string> DescribeAsync(IChatClient client)
    {
        try
        {
            var answer = await client.GetResponseAsync("q");
            return JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)))
                + JsonSerializer.Serialize((GrokResponse)answer.RawRepresentation!, WireJson.Context.GrokResponse)
                + JsonSerializer.Serialize((GrokResponse)answer.Messages[0].RawRepresentation!, WireJson.Context.GrokResponse);
        }
        catch (GrokException e)
        {
            return $"{e.Kind} {e.Message}";
        }
    }
}
