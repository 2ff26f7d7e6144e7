using System.Text.Json;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Mapping.Options;

public class RequestLayersTests
{
    private const string Full =
        """{"model":"m","previous_response_id":"p","instructions":"i","input":[{"type":"message","role":"user","content":[]}],"store":true,"stream":true,"stream_tool_calls":true,"include":["a"],"max_output_tokens":1,"max_turns":1,"tools":[{"type":"function","name":"f"}],"tool_choice":"auto","parallel_tool_calls":true,"text":{"format":{"type":"text"}},"reasoning":{"effort":"low","summary":"auto"},"temperature":1,"top_p":1,"top_k":1,"seed":1,"user":"u","prompt_cache_key":"k","service_tier":"default","min_p":0.1,"safety_identifier":"s","guidelines":[{"type":"policy","category":"nsfw","behavior":"decline"}],"future":1}""";

    private static CreateResponseRequest Read(string json) => JsonSerializer.Deserialize(json, WireJson.Context.CreateResponseRequest)!;

    private static string Write(CreateResponseRequest request) => JsonSerializer.Serialize(request, WireJson.Context.CreateResponseRequest);

    [Fact]
    public void Lower_request_layer_fills_every_unset_member()
    {
        var full = Read(Full);
        Assert.All(WireJson.Context.CreateResponseRequest.Properties.Where(static p => p.Get is not null), p => Assert.True(p.Get!(full) is not null, $"Add {p.Name} to this test and to {nameof(RequestLayers)}."));
        Assert.Equal(Full, Write(new CreateResponseRequest().Over(full)));
        Assert.Equal(Full, Write(full.Over(new CreateResponseRequest())));
    }

    [Fact]
    public void Upper_request_layer_wins_in_every_member()
    {
        const string Upper =
            """{"model":"n","previous_response_id":"q","instructions":"j","input":[{"type":"message","role":"system","content":[]}],"store":false,"stream":false,"stream_tool_calls":false,"include":["b"],"max_output_tokens":2,"max_turns":2,"tools":[{"type":"function","name":"g"}],"tool_choice":"none","parallel_tool_calls":false,"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"high","summary":"concise"},"temperature":2,"top_p":0.5,"top_k":2,"seed":2,"user":"v","prompt_cache_key":"l","service_tier":"priority","min_p":0.2,"safety_identifier":"t","guidelines":[{"type":"policy","category":"violence","behavior":"decline"}],"future":2}""";
        var both = Read(Upper).Over(Read(Full));
        Assert.Equal(Upper, Write(both with { Tools = [both.Tools![0]] }));
    }

    [Fact]
    public void Request_layers_join_tools_reasoning_and_additional_members()
    {
        var upper = Read("""{"model":"n","tools":[{"type":"function","name":"g"}],"reasoning":{"summary":"concise"},"future":2,"more":1}""");
        var both = upper.Over(Read(Full));
        Assert.Equal("n", both.Model);
        Assert.Equal(["g", "f"], both.Tools!.Select(static t => ((FunctionTool)t).Name));
        Assert.Equal(("low", "concise"), (both.Reasoning!.Effort, both.Reasoning.Summary));
        Assert.Equal("""{"future":2,"more":1}""", "{" + string.Join(',', both.AdditionalMembers!.Select(static m => $"\"{m.Key}\":{m.Value}")) + "}");
    }
}
