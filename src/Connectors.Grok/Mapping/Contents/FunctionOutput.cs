using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// What a function returned → the output that is sent. A result is resent as it was sent first, also when it was kept as JSON in between: contents
/// are recognised by the <c>$type</c> that Microsoft.Extensions.AI's serializer writes.
/// </summary>
internal static class FunctionOutput
{
    private const string Tag = "$type";

    /// <summary>The output for a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="options">How values are written as JSON.</param>
    /// <exception cref="InvalidDataException">The result cannot be sent; the message continues a sentence that names the call.</exception>
    public static ToolOutput Create(FunctionResultContent result, JsonSerializerOptions options)
    {
        switch (result.Result)
        {
            case null or JsonElement { ValueKind: JsonValueKind.Undefined }:
                return new(Failure(result) ?? "");
            case string text:
                return new(text);
            case Stream stream:
                throw new InvalidDataException(
                    $"is a stream ({stream.GetType().Name}), which is not read: it could be sent only once, but a history is sent again. Return its text, or its bytes as a DataContent.");
            case AIContent content when IsTyped(content):
                return ToOutput([content], options);
            case IEnumerable<AIContent?> contents:
                List<AIContent?> list = [.. contents];
                return list.Exists(IsTyped) ? ToOutput(list, options) : FromText(JsonSerializer.Serialize(list, options.GetTypeInfo(typeof(IList<AIContent>))), options);
            case JsonElement json:
                return FromJson(json, options);
            case var value:
                // As a member of the type object: that is how a serializer keeps it.
                return FromText(JsonSerializer.Serialize(value, options.GetTypeInfo(typeof(object))), options);
        }
    }

    /// <summary>The result as a store keeps it: what is sent for it must be readable from its JSON.</summary>
    public static object? ToKept(FunctionResultContent result) => result.Result switch
    {
        // A default JsonElement cannot be written; it is sent as null is.
        null or JsonElement { ValueKind: JsonValueKind.Undefined } => Failure(result),
        IEnumerable<AIContent> contents when contents.GetType() != typeof(AIContent[]) && contents.GetType() != typeof(List<AIContent>) => contents.ToArray(),
        var value => value,
    };

    private static string? Failure(FunctionResultContent result) => result.Exception is { } e ? $"Error: {e.Message}" : null;

    // A content of no particular type has no tag in JSON: it is a value like others.
    private static bool IsTyped(AIContent? content) => content is not null && content.GetType() != typeof(AIContent);

    /// <summary>The parts of the contents. The service rejects empty texts, and a list without parts.</summary>
    private static ToolOutput ToOutput(List<AIContent?> contents, JsonSerializerOptions options)
    {
        List<ResponsePart> parts = [.. contents.Where(static c => c is not (null or TextContent { Text.Length: 0 })).Select(c => ToPart(c!, options))];
        return parts.Count > 0 ? new(null, parts) : new("");
    }

    private static ResponsePart ToPart(AIContent content, JsonSerializerOptions options) => content switch
    {
        TextContent text => new InputTextPart(text.Text),
        DataContent data when data.HasTopLevelMediaType("image") => ImageMapper.ToPart(data),
        UriContent uri when uri.HasTopLevelMediaType("image") => ImageMapper.ToPart(uri),
        DataContent data when IsSound(data.MediaType) => throw Unsupported(data.MediaType),
        UriContent uri when IsSound(uri.MediaType) => throw Unsupported(uri.MediaType),
        DataContent data => FileMapper.ToPart(data),
        UriContent uri => FileMapper.ToPart(uri),
        HostedFileContent file => FileMapper.ToPart(file),
        _ => new InputTextPart(JsonSerializer.Serialize(content, options.GetTypeInfo(typeof(AIContent)))),
    };

    private static bool IsSound(string mediaType) =>
        mediaType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) || mediaType.StartsWith("video/", StringComparison.OrdinalIgnoreCase);

    private static InvalidDataException Unsupported(string mediaType) => new($"holds {mediaType}, which xAI does not support. Return a text, an image or a file.");

    private static ToolOutput FromText(string json, JsonSerializerOptions options) =>
        json.StartsWith('"') || json.Contains($"\"{Tag}\"", StringComparison.Ordinal)
            ? FromJson(JsonSerializer.Deserialize(json, (JsonTypeInfo<JsonElement>)options.GetTypeInfo(typeof(JsonElement))), options)
            : new(json);

    private static ToolOutput FromJson(JsonElement json, JsonSerializerOptions options) => json.ValueKind switch
    {
        // As null, which is all that a serializer leaves of it.
        JsonValueKind.Null => new(""),
        // A .NET method that returns a string arrives as JSON; the model should not see its quotes.
        JsonValueKind.String => new(json.GetString()),
        JsonValueKind.Object when HasTag(json) && Contents([json], options) is { } content => ToOutput(content, options),
        JsonValueKind.Object when McpOutput(json, options) is { } output => output,
        JsonValueKind.Array when json.EnumerateArray().Any(HasTag) && Contents(json.EnumerateArray(), options) is { } contents => ToOutput(contents, options),
        JsonValueKind.Array when Images(json, options) is { } images => new(null, images),
        _ => new(JsonSerializer.Serialize(json, options.GetTypeInfo(typeof(JsonElement)))),
    };

    /// <summary>The parts of an MCP tool's result that holds an image or a file; null when it is another object, or xAI does not support the image.</summary>
    private static ToolOutput? McpOutput(JsonElement json, JsonSerializerOptions options)
    {
        try
        {
            return McpResult.Read(json) is { } contents ? ToOutput(contents, options) : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            return null;
        }
    }

    private static bool HasTag(JsonElement json) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(Tag, out _);

    /// <summary>The contents, or null when one of the elements is none.</summary>
    private static List<AIContent?>? Contents(IEnumerable<JsonElement> elements, JsonSerializerOptions options)
    {
        List<AIContent?> contents = [];
        foreach (var element in elements)
        {
            if (element.ValueKind == JsonValueKind.Null)
            {
                contents.Add(null);
            }
            else if ((HasTag(element) || HasOnly(element, "annotations", "additionalProperties")) && Read<AIContent>(element, options) is { } content)
            {
                contents.Add(content);
            }
            else
            {
                return null;
            }
        }

        return contents.Exists(IsTyped) ? contents : null;
    }

    /// <summary>
    /// The images of a list that was declared for <see cref="DataContent"/> alone, where the serializer leaves out the type; null when it is another
    /// list. As text, an image would cost a thousand times its tokens.
    /// </summary>
    private static List<ResponsePart>? Images(JsonElement list, JsonSerializerOptions options)
    {
        List<ResponsePart> images = [];
        foreach (var element in list.EnumerateArray())
        {
            if (!HasOnly(element, "uri", "name", "annotations", "additionalProperties") || Read<DataContent>(element, options) is not { } data || !data.HasTopLevelMediaType("image"))
            {
                return null;
            }

            try
            {
                images.Add(ImageMapper.ToPart(data));
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return images.Count > 0 ? images : null;
    }

    private static bool HasOnly(JsonElement json, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static T? Read<T>(JsonElement json, JsonSerializerOptions options)
        where T : AIContent
    {
        try
        {
            return json.Deserialize((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException or FormatException)
        {
            // An application's own data that looks like a content.
            return null;
        }
    }
}
