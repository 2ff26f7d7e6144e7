using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Responses;

// How the records of this room are named; WireNamesTests holds it:
// 1. A resource that a route returns begins with Grok: GrokResponse, GrokModel.
// 2. The body of a request, and a result that is no resource, is named by its operation: CreateResponseRequest, DeleteResponseResult, ListModelsResult.
// 3. What a response or a request is made of begins with Response: the unions (ResponseItem, ResponsePart, ResponseTool, ResponseEvent,
//    ResponseAnnotation) and single objects (ResponseUsage, ResponseError, ResponseHeaders).
// 4. A case of a union ends with the union's last word: MessageItem, InputTextPart, FunctionTool, DeltaEvent, UrlCitationAnnotation.
// 5. An object that stands in a member of another is named after that member: IncompleteDetails, ReasoningConfig, WebSearchAction.

/// <summary>A JSON object of the Responses API. Members without a property in this library are kept and written back unchanged.</summary>
public abstract record WireObject
{
    /// <summary>The received members, or members to send, that have no property in this record.</summary>
    /// <value>Null, the usual case, when there are none.</value>
    /// <exception cref="ArgumentException">A value is a default <see cref="JsonElement"/>, which holds no JSON.</exception>
    [JsonIgnore]
    public IReadOnlyDictionary<string, JsonElement>? AdditionalMembers
    {
        get => Members;
        init => Members = value?.ToDictionary(static m => m.Key, static m => Defined(m.Value, $"{nameof(AdditionalMembers)}[{m.Key}]"), StringComparer.Ordinal);
    }

    /// <summary>The type name without members, so that content does not get into a log by accident.</summary>
    /// <returns>The type name.</returns>
    public sealed override string ToString() => GetType().Name;

    // The serializer cannot fill an init-only extension property; it fills this one, and nothing else does.
    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? Members { get; set; }

    // A default JsonElement would throw when it is written, without naming the member.
    private protected static JsonElement Defined(JsonElement json, string paramName) =>
        json.ValueKind != JsonValueKind.Undefined ? json : throw new ArgumentException("A default JsonElement holds no JSON.", paramName);
}

/// <summary>A JSON object whose <c>type</c> member, at any position, names its type.</summary>
public abstract record TaggedObject : WireObject
{
    /// <summary>The value of the <c>type</c> member.</summary>
    public abstract string Type { get; }
}
