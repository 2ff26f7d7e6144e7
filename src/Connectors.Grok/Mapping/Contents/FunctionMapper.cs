using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Function calls and their results, in both directions.</summary>
internal static class FunctionMapper
{
    // The default options indent; the model would pay for every space.
    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A whole call. Its arguments are only complete when the item is.</summary>
    /// <param name="item">The call.</param>
    /// <param name="isCut">Whether the response ended before it was finished: such a call must not be run.</param>
    public static FunctionCallContent ToContent(FunctionCallItem item, bool isCut = false)
    {
        // No arguments and empty arguments mean the same: the function takes none.
        var text = string.IsNullOrWhiteSpace(item.Arguments) ? "{}" : item.Arguments;
        var content = FunctionCallContent.CreateFromParsedArguments(
            text, CallId(item), item.Name ?? "", static json => JsonSerializer.Deserialize(json, DictionaryType()));
        content.InformationalOnly = isCut;
        return content;
    }

    /// <summary>Whether the arguments are a whole JSON object.</summary>
    public static bool IsWhole(FunctionCallItem item) =>
        item.Status != "incomplete" && ToContent(item).Exception is null;

    /// <summary>Arguments as hosts have them, or null when the text is no JSON object.</summary>
    public static IDictionary<string, object?>? Arguments(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : ToContent(new FunctionCallItem { Arguments = text }).Arguments;

    public static FunctionCallItem ToItem(FunctionCallContent call) => new()
    {
        CallId = call.CallId,
        Name = call.Name,
        Arguments = call.Arguments is null ? "{}" : JsonSerializer.Serialize(call.Arguments, DictionaryType()),
    };

    /// <exception cref="ArgumentException">The result cannot be written as JSON.</exception>
    public static FunctionCallOutputItem ToItem(FunctionResultContent result)
    {
        try
        {
            return new() { CallId = result.CallId, Output = ToOutput(result) };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException { ParamName: not "messages" })
        {
            throw new ArgumentException($"The result of the function call '{result.CallId}' cannot be written as JSON: {e.Message}", nameof(result), e);
        }
    }

    private static ToolOutput ToOutput(FunctionResultContent result) => result.Result switch
    {
        null when result.Exception is { } e => new($"Error: {e.Message}"),
        null => new(""),
        string text => new(text),
        // A .NET method that returns a string arrives as JSON; the model should not see its quotes.
        JsonElement { ValueKind: JsonValueKind.String } json => new(json.GetString()),
        AIContent content => new(null, [ToPart(content)]),
        IEnumerable<AIContent> contents => new(null, [.. contents.Select(ToPart)]),
        var value => new(JsonSerializer.Serialize(value, Json.GetTypeInfo(value.GetType()))),
    };

    private static ResponsePart ToPart(AIContent content) => content switch
    {
        TextContent text => new InputTextPart(text.Text),
        DataContent data when data.HasTopLevelMediaType("image") => ImageMapper.ToPart(data),
        UriContent uri when uri.HasTopLevelMediaType("image") => ImageMapper.ToPart(uri),
        _ => new InputTextPart(JsonSerializer.Serialize(content, Json.GetTypeInfo(typeof(AIContent)))),
    };

    // A compatible server may forget the id; the loop still needs one that is stable and unique.
    private static string CallId(FunctionCallItem item) => item.CallId is { Length: > 0 } id ? id : item.Id is { Length: > 0 } own ? own : $"call_{item.Name}";

    private static JsonTypeInfo<IDictionary<string, object?>> DictionaryType() =>
        (JsonTypeInfo<IDictionary<string, object?>>)Json.GetTypeInfo(typeof(IDictionary<string, object?>));
}
