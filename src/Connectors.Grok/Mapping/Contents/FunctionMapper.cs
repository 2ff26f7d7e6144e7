using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Function calls and their results, in both directions.</summary>
internal static class FunctionMapper
{
    /// <summary>How deep arguments and results may be nested. Stores read and write more than that.</summary>
    private const int MaxDepth = 64;

    // The default options indent; the model would pay for every space.
    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions)
    {
        MaxDepth = MaxDepth,
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How arguments are read and written; looked up once, because a history holds many calls.</summary>
    private static JsonTypeInfo<IDictionary<string, object?>> DictionaryType => field ??= (JsonTypeInfo<IDictionary<string, object?>>)Json.GetTypeInfo(typeof(IDictionary<string, object?>));

    /// <summary>A whole call. Its arguments are only complete when the item is.</summary>
    /// <param name="item">The call.</param>
    /// <param name="isCut">Whether the response ended before it was finished: such a call must not be run.</param>
    public static FunctionCallContent ToContent(FunctionCallItem item, bool isCut = false)
    {
        // No arguments and empty arguments mean the same: the function takes none.
        var text = string.IsNullOrWhiteSpace(item.Arguments) ? "{}" : item.Arguments;
        var content = FunctionCallContent.CreateFromParsedArguments(
            text, CallId(item), ReservedNames.FromWire(item.Name ?? ""), static json => JsonSerializer.Deserialize(json, DictionaryType));
        content.InformationalOnly = isCut;
        return content;
    }

    /// <summary>Whether the arguments are a whole JSON object.</summary>
    public static bool IsWhole(FunctionCallItem item) =>
        item.Status != "incomplete" && ToContent(item).Exception is null;

    /// <summary>Arguments as hosts have them, or null when the text is no JSON object.</summary>
    public static IDictionary<string, object?>? Arguments(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : ToContent(new FunctionCallItem { Arguments = text }).Arguments;

    /// <exception cref="ArgumentException">The arguments cannot be written as JSON.</exception>
    public static FunctionCallItem ToItem(FunctionCallContent call)
    {
        try
        {
            return new() { CallId = call.CallId, Name = ReservedNames.ToWire(call.Name), Arguments = call.Arguments is null ? "{}" : JsonSerializer.Serialize(call.Arguments, DictionaryType) };
        }
        catch (Exception e) when (IsUnwritable(e))
        {
            throw Unwritable($"The arguments of the function call '{PrintableText.Escape(call.CallId)}'", nameof(call), e);
        }
    }

    /// <exception cref="ArgumentException">The result cannot be sent, or not be written as JSON.</exception>
    public static FunctionCallOutputItem ToItem(FunctionResultContent result)
    {
        try
        {
            return new() { CallId = result.CallId, Output = FunctionOutput.Create(result, Json) };
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException($"The result of the function call '{PrintableText.Escape(result.CallId)}' {e.Message}", nameof(result), e);
        }
        catch (Exception e) when (IsUnwritable(e))
        {
            throw Unwritable($"The result of the function call '{PrintableText.Escape(result.CallId)}'", nameof(result), e);
        }
    }

    private static bool IsUnwritable(Exception e) => e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException { ParamName: not "messages" };

    private static ArgumentException Unwritable(string subject, string paramName, Exception e)
    {
        // The serializer and its writer report too deep a nesting with these two.
        var limit = e is JsonException or InvalidOperationException ? $" It may be nested {MaxDepth} levels deep at most." : "";
        return new ArgumentException($"{subject} cannot be written as JSON: {e.Message}{limit}", paramName, e);
    }

    /// <summary>Gets the id of a call. A compatible server may forget it; the loop still needs one that is stable.</summary>
    public static string CallId(FunctionCallItem item) => item.CallId is { Length: > 0 } id ? id : item.Id is { Length: > 0 } own ? own : $"call_{item.Name}";
}
