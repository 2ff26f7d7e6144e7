using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// The result of an MCP tool in the JSON form of the protocol (<c>CallToolResult</c>). The package ModelContextProtocol returns it instead of contents when a result
/// reports an error, or has structured content or metadata. An image in it is Base64, which would cost a thousand times its tokens as text.
/// </summary>
internal static class McpResult
{
    /// <summary>The contents of a result that holds an image or a file, followed by what its other members say.</summary>
    /// <param name="json">An object.</param>
    /// <returns>The contents; null for any other JSON, which is sent as text.</returns>
    public static List<AIContent?>? Read(JsonElement json)
    {
        if (!json.TryGetProperty("content", out var blocks) || blocks.ValueKind != JsonValueKind.Array || !json.EnumerateObject().All(IsOfResult))
        {
            return null;
        }

        try
        {
            List<AIContent?> contents = [.. blocks.EnumerateArray().Select(ToContent)];
            if (!contents.Exists(static c => c is DataContent))
            {
                return null;
            }

            var rest = json.EnumerateObject().Where(static m => m is { Name: "structuredContent" } or { Name: "isError", Value.ValueKind: JsonValueKind.True }).Select(static m => $"\"{m.Name}\":{m.Value.GetRawText()}").ToList();
            if (rest.Count > 0)
            {
                contents.Add(new TextContent($"{{{string.Join(',', rest)}}}"));
            }

            return contents;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // An application's own data that looks like a result.
            return null;
        }
    }

    private static bool IsOfResult(JsonProperty member) => member.Name is "content" or "structuredContent" or "isError" or "_meta" or "resultType";

    private static AIContent ToContent(JsonElement block) => block.GetProperty("type").GetString() switch
    {
        "text" => new TextContent(block.GetProperty("text").GetString()),
        "image" => ToData(block, "data"),
        "resource" when block.GetProperty("resource") is var resource => resource.TryGetProperty("text", out var text) ? new TextContent(text.GetString()) : ToData(resource, "blob"),
        // Links stay as they are: the model cannot open them, but can name them. Audio is not supported.
        _ => new TextContent(block.GetRawText()),
    };

    private static DataContent ToData(JsonElement block, string member) =>
        new(Convert.FromBase64String(block.GetProperty(member).GetString()!), block.TryGetProperty("mimeType", out var type) ? type.GetString()! : "application/octet-stream");
}
