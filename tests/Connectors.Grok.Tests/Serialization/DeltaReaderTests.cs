using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>The fast reader returns the same delta as the serializer, or nothing.</summary>
public class DeltaReaderTests
{
    [Theory]
    [InlineData("""{"sequence_number":5,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"content_index":1,"delta":"Hi","logprobs":[]}""")]
    [InlineData("""{"delta":"\u0048i \ud83d\ude00 \"\\\n","content_index":1,"output_index":2,"item_id":"m\u0073g","type":"response.output_text.delta"}""")]
    [InlineData("""  { "type" : "response.output_text.delta" , "delta" : "Hi" }  """)]
    [InlineData("""{"type":"response.output_text.delta","delta":""}""")]
    [InlineData("""{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":3,"content_index":4,"delta":"x"}""")]
    [InlineData("""{"delta":"x","content_index":4,"type":"response.reasoning_text.delta","item_id":"rs_1"}""")]
    [InlineData("""{"sequence_number":5,"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"{\"city\":\"Oslo\"}"}""")]
    public void Plain_delta_is_read_by_the_fast_reader(string json)
    {
        Assert.True(new DeltaReader().TryRead(Encoding.UTF8.GetBytes(json), out var delta));
        Assert.Equal(Delta.From(Assert.IsType<DeltaEvent>(JsonSerializer.Deserialize(json, WireJson.Context.ResponseEvent))), delta);
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","logprobs":[{"token":"Hi"}]}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","logprobs":{}}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","obfuscation":"xx"}""")]
    [InlineData("""{"ty\u0070e":"response.output_text.delta","delta":"Hi"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":null}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":7}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"\ud800"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","output_index":"1"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","output_index":1.5}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","content_index":null}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","summary_index":[]}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi","item_id":5}""")]
    [InlineData("""{"type":"response.output_text.delta","type":"response.output_text.delta","delta":"Hi"}""")]
    [InlineData("""{"type":"response.output_text.delta"}""")]
    [InlineData("""{"type":"response.refusal.delta","delta":"Hi"}""")]
    [InlineData("""{"type":null,"delta":"Hi"}""")]
    [InlineData("""{"sequence_number":"5","type":"response.output_text.delta","delta":"Hi"}""")]
    [InlineData("""{"delta":"Hi"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi"} {}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"Hi" """)]
    [InlineData("""["type"]""")]
    [InlineData("7")]
    [InlineData("")]
    public void Delta_with_extra_or_odd_members_is_left_to_the_serializer(string json)
    {
        Assert.False(new DeltaReader().TryRead(Encoding.UTF8.GetBytes(json), out var delta));
        Assert.Equal(default, delta);
    }

    [Theory]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":{"id":"r","output":[],"tools":[{"type":"function"}]}}""", 1)]
    [InlineData("""{"type":"response.in_progress","response":{}}""", null)]
    [InlineData("""{"type":"response.in_progress","sequence_number":7}""", 7)]
    public void Event_of_progress_is_recognized_with_its_number(string json, int? number)
    {
        var reader = new DeltaReader();
        Assert.True(reader.IsProgress(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(number, reader.Number);
    }

    [Theory]
    [InlineData("""{"sequence_number":1,"type":"response.completed","response":{"id":"r"}}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":{"id":"r"},"error":{}}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","type":"response.completed","response":{}}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":[]}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":{"id":}}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":{}""")]
    [InlineData("""{"sequence_number":1,"type":"response.in_progress","response":{}} {}""")]
    [InlineData("""{"sequence_number":"1","type":"response.in_progress","response":{}}""")]
    [InlineData("""{"response":{"id":"r"},"type":"response.in_progress"}""")]
    [InlineData("""{"sequence_number":1}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void Other_event_is_no_progress(string json) => Assert.False(new DeltaReader().IsProgress(Encoding.UTF8.GetBytes(json)));

    public static TheoryData<string> NextDeltas =>
    [
        """{"sequence_number":6,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":" world","logprobs":[]}""",
        """{"sequence_number":123456789,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"\u00e9\"\n","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"é😀","logprobs":[]}""",
        """{"sequence_number":0,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"","logprobs":[]}""",
        """{"sequence_number":07,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","logprobs":[]}""",
        """{"sequence_number":7.5,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","logprobs":[]}""",
        """{"sequence_number":-7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","logprobs":[]}""",
        """{"sequence_number":12345678901,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","logprobs":[]}""",
        """{"sequence_number":,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","more":1,"logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x","delta":"y","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"x\u0001y","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":3,"delta":"x","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":","logprobs":[]}""",
        """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"logprobs":[]}""",
        """{"sequence_number":7""",
        "",
    ];

    [Theory]
    [MemberData(nameof(NextDeltas))]
    public void Delta_reader_reads_every_delta_like_the_first(string json)
    {
        foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes(json.Replace("\\u0001", "\u0001", StringComparison.Ordinal)), [.. Encoding.UTF8.GetBytes(json).Select(static b => b == (byte)'x' ? (byte)0xff : b)]])
        {
            var reader = new DeltaReader();
            Read(reader, """{"sequence_number":5,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"Hi","logprobs":[]}""");
            Assert.Equal((new DeltaReader().TryRead(bytes, out var first), first), (reader.TryRead(bytes, out var next), next));
            // No input corrupts the template.
            Assert.Equal("Hi", Read(reader, """{"sequence_number":8,"type":"response.output_text.delta","item_id":"msg_1","output_index":2,"delta":"Hi","logprobs":[]}""").Text);
        }
    }

    [Fact]
    public void Deltas_of_one_item_share_one_id_string()
    {
        var reader = new DeltaReader();
        var ids = ((string[])["a", "a", "b"]).Select(id => Read(reader, $$"""{"type":"response.output_text.delta","item_id":"{{id}}","delta":"x"}""").ItemId).ToList();
        Assert.Equal(["a", "a", "b"], ids);
        Assert.Same(ids[0], ids[1]);
    }

    [Fact]
    public async Task Delta_event_with_extra_members_is_set_as_raw_representation()
    {
        const string More = """{"type":"response.output_text.delta","delta":"lo","logprobs":[{"token":"lo","logprob":-0.5}]}""";
        using var client = Some.Client(new StubHandler().Sse(Some.Created, Some.TextDelta("Hel"), More, Some.Completed(Some.Message("Hello"))));
        var updates = await client.GetStreamingResponseAsync("q").ToListAsync();

        Assert.Equal(["", "Hel", "lo", ""], updates.Select(static u => u.Text));
        Assert.Null(updates[1].RawRepresentation);
        Assert.Equal(-0.5, Assert.IsType<DeltaEvent>(updates[2].RawRepresentation).AdditionalMembers!["logprobs"][0].GetProperty("logprob").GetDouble());
    }

    private static Delta Read(DeltaReader reader, string json) => reader.TryRead(Encoding.UTF8.GetBytes(json), out var delta) ? delta : default;
}
