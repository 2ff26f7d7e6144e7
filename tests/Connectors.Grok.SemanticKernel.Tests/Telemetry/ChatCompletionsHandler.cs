using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.SemanticKernel.Tests.Telemetry;

/// <summary>
/// Answers requests to <c>/chat/completions</c>, the only route of Semantic Kernel's OpenAI connector, which the emulator does not have: translates
/// them to a request to the emulator's <c>/responses</c>, and its answer back.
/// </summary>
internal sealed class ChatCompletionsHandler(HttpMessageHandler emulator, Uri address) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _emulator = new(emulator);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var chat = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
        using var sent = new HttpRequestMessage(HttpMethod.Post, new Uri($"{address}/responses"));
        sent.Headers.Authorization = request.Headers.Authorization;
        sent.Content = new StringContent(ToResponsesRequest(chat).ToJsonString(), Encoding.UTF8, "application/json");
        using var received = await _emulator.SendAsync(sent, cancellationToken);
        var body = await received.Content.ReadAsStringAsync(cancellationToken);
        if (!received.IsSuccessStatusCode)
        {
            return new(received.StatusCode) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }

        var isStreamed = chat["stream"]?.GetValue<bool>() == true;
        var answer = ToCompletion(JsonNode.Parse(body)!, isStreamed).ToJsonString();
        return new(HttpStatusCode.OK)
        {
            Content = isStreamed
                ? new StreamContent(PipeReader.Create(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes($"data: {answer}\n\ndata: [DONE]\n\n"))).AsStream()) { Headers = { ContentType = new("text/event-stream") } }
                : new StringContent(answer, Encoding.UTF8, "application/json"),
        };
    }

    protected override void Dispose(bool disposing)
    {
        _emulator.Dispose();
        base.Dispose(disposing);
    }

    private static JsonObject ToResponsesRequest(JsonNode chat)
    {
        var input = new JsonArray();
        foreach (var message in chat["messages"]!.AsArray())
        {
            if (message!["tool_calls"] is JsonArray calls)
            {
                foreach (var call in calls)
                {
                    input.Add(new JsonObject { ["type"] = "function_call", ["call_id"] = (string)call!["id"]!, ["name"] = (string)call["function"]!["name"]!, ["arguments"] = (string)call["function"]!["arguments"]! });
                }
            }
            else if ((string?)message["role"] == "tool")
            {
                input.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = (string)message["tool_call_id"]!, ["output"] = (string)message["content"]! });
            }
            else
            {
                var content = message["content"]!;
                input.Add(new JsonObject { ["role"] = (string)message["role"]!, ["content"] = content is JsonArray parts ? (string)parts[0]!["text"]! : (string)content! });
            }
        }

        var tools = new JsonArray([.. (chat["tools"]?.AsArray() ?? []).Select(static t => (JsonNode)new JsonObject { ["type"] = "function", ["name"] = (string)t!["function"]!["name"]!, ["parameters"] = t["function"]!["parameters"]!.DeepClone() })]);
        var request = new JsonObject { ["model"] = (string)chat["model"]!, ["input"] = input, ["store"] = false };
        if (tools.Count > 0)
        {
            request["tools"] = tools;
        }

        return request;
    }

    private static JsonObject ToCompletion(JsonNode response, bool isStreamed)
    {
        var items = response["output"]!.AsArray();
        var calls = items.Where(static i => (string)i!["type"]! == "function_call").ToList();
        var message = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(items.Where(static i => (string)i!["type"]! == "message").SelectMany(static i => i!["content"]!.AsArray()).Select(static p => (string?)p!["text"])) };
        if (calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. calls.Select(static (c, index) => (JsonNode)new JsonObject
            {
                ["index"] = index, ["id"] = (string)c!["call_id"]!, ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = (string)c["name"]!, ["arguments"] = (string)c["arguments"]! },
            })]);
        }

        var usage = response["usage"]!;
        var (input, output) = ((int)usage["input_tokens"]!, (int)usage["output_tokens"]!);
        return new JsonObject
        {
            ["id"] = (string)response["id"]!,
            ["object"] = isStreamed ? "chat.completion.chunk" : "chat.completion",
            ["created"] = (long)response["created_at"]!,
            ["model"] = (string)response["model"]!,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, [isStreamed ? "delta" : "message"] = message, ["finish_reason"] = calls.Count > 0 ? "tool_calls" : "stop" }),
            ["usage"] = new JsonObject
            {
                ["prompt_tokens"] = input,
                ["completion_tokens"] = output,
                ["total_tokens"] = input + output,
                ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage["input_tokens_details"]?["cached_tokens"]?.DeepClone() },
                ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage["output_tokens_details"]?["reasoning_tokens"]?.DeepClone() },
            },
        };
    }
}
