using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>What a host does differently from xAI: paths, credentials, names, ids, rules of state, errors. A derived class overrides only what differs.</summary>
internal abstract class ServiceHost
{
    protected const string Scheme = "Bearer ";

    /// <summary>Whether the credential is checked before the body, as a gateway does.</summary>
    public virtual bool ChecksCredentialsFirst => true;

    public static ServiceHost Create(GrokHost? host) => host switch
    {
        null => new XaiService(),
        FoundryHost foundry => new FoundryService(foundry),
        GoogleHost google => new GoogleService(google),
        BedrockHost bedrock => new BedrockService(bedrock),
        OpenRouterHost openRouter => new OpenRouterService(openRouter),
        _ => throw new InvalidOperationException($"The host {host.GetType().Name} has no service."),
    };

    /// <summary>Returns the segments of xAI's path for a request's path, such as <c>v1</c>, <c>responses</c>; null when the host has no such route.</summary>
    public abstract string[]? FindRoute(HttpRequest request);

    /// <summary>Creates the error for a route that does not exist.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model of its body; null for none.</param>
    public abstract ApiException NoRoute(HttpRequest request, string? model);

    /// <summary>Reads the credential of a request; null for none.</summary>
    public virtual Credential? FindCredential(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header[Scheme.Length..].Trim() is { Length: > 0 } value
            ? new Credential(value, CredentialKind.Bearer)
            : null;

    /// <summary>Creates the error for a credential that is rejected.</summary>
    public abstract ApiException RejectCredential(CredentialProblem problem, string credential);

    /// <summary>Returns the model for the name in a request; null for a name that the host does not know.</summary>
    /// <exception cref="ApiException">The name has a form that the host rejects.</exception>
    public abstract ModelInfo? FindModel(string name);

    public abstract ApiException UnknownModel(string name);

    /// <summary>Returns the name of a model in an answer.</summary>
    /// <param name="requested">The name in the request.</param>
    /// <param name="model">The model.</param>
    public abstract string EchoedName(string requested, ModelInfo model);

    /// <summary>Returns the name of a model in the list of models.</summary>
    public virtual string ListedName(ModelInfo model) => model.Id;

    /// <summary>Returns the request with the host's defaults, after rejecting what the host rejects.</summary>
    public virtual CreateRequest Adapt(CreateRequest request, HttpRequest http) => request;

    /// <summary>Checks resent items of the input. Called for a request that xAI would accept.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isStored">Returns whether the response of an id is stored.</param>
    public virtual void CheckReplay(CreateRequest request, Func<string, bool> isStored)
    {
    }

    /// <summary>Returns the part of the store that a request reaches: responses of one part do not exist in another.</summary>
    public virtual string StoreOf(HttpRequest request) => "";

    /// <summary>Returns the time for which a new response cannot be found.</summary>
    public virtual TimeSpan HiddenFor(CreateRequest request) => TimeSpan.Zero;

    public abstract string FormatId(Guid id);

    /// <summary>Creates the error for a <c>previous_response_id</c> that is unknown.</summary>
    public virtual ApiException UnknownPrevious(string id) => ApiException.ResponseNotFound(id);

    /// <summary>Creates the error for an unknown id in the path.</summary>
    public virtual ApiException UnknownResponse(string id) => UnknownPrevious(id);

    /// <summary>Writes an error in the form of the host.</summary>
    public abstract ErrorBody Describe(HostError error);

    /// <summary>Returns the headers that tell how long to wait.</summary>
    public virtual IEnumerable<(string Name, string Value)> WaitHeaders(TimeSpan wait) =>
        [("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns the values of a member of each item of the input that has a type.</summary>
    protected static IEnumerable<JsonElement> ItemsOf(CreateRequest request, string type) =>
        request.Raw.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Array
            ? input.EnumerateArray().Where(item => TextOf(item, "type") == type || (type == "message" && TextOf(item, "type") is null && TextOf(item, "role") is not null))
            : [];

    protected static string? TextOf(JsonElement item, string member) =>
        item.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Returns whether the request says that it wants to be stored, and not only leaves it to the default.</summary>
    protected static bool AsksToStore(CreateRequest request) => request.Raw.TryGetProperty("store", out var store) && store.ValueKind == JsonValueKind.True;

    protected static bool SaysWhetherToStore(CreateRequest request) => request.Raw.TryGetProperty("store", out var store) && store.ValueKind is JsonValueKind.True or JsonValueKind.False;

    /// <summary>Returns the segments of xAI's path below a prefix; null for another path, and for a route that only xAI has.</summary>
    protected static string[]? Below(string[] prefix, HttpRequest request, params string[] areas)
    {
        var segments = Split(request);
        return segments.Length > prefix.Length && segments.AsSpan(0, prefix.Length).SequenceEqual(prefix) && areas.Contains(segments[prefix.Length])
            ? ["v1", .. segments[prefix.Length..]]
            : null;
    }

    protected static string[] Split(HttpRequest request) => (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Writes an error in OpenAI's form.</summary>
    protected static string NestedJson(string message, string? type, string? param, string? code) => Json.WriteObjectText(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", message);
        writer.WriteString("type", type);
        writer.WriteString("param", param);
        writer.WriteString("code", code);
        writer.WriteEndObject();
    });

    /// <summary>Writes an error in xAI's form.</summary>
    protected static string FlatJson(string code, string error) => Json.WriteObjectText(writer =>
    {
        writer.WriteString("code", code);
        writer.WriteString("error", error);
    });

    protected static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
