using System.Globalization;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>Microsoft Foundry. Errors of the gateway are nested; what the model's arguments violate is passed through in xAI's form, with the deployment's name.</summary>
internal sealed class FoundryService(FoundryHost host) : ServiceHost
{
    private const string KeyHeader = "api-key";
    private const string InvalidRequest = "invalid_request_error";
    private const string ReasoningPrefix = "rs_";

    /// <summary>The names of models that Foundry spells in its own way.</summary>
    private static readonly Dictionary<string, string> Spellings = new()
    {
        ["grok-4-20-reasoning"] = "grok-4.20-reasoning",
        ["grok-4-20-non-reasoning"] = "grok-4.20-non-reasoning",
        ["grok-4.1-fast-reasoning"] = "grok-4-1-fast-reasoning",
        ["grok-4.1-fast-non-reasoning"] = "grok-4-1-fast-non-reasoning",
    };

    public override string[]? FindRoute(HttpRequest request) =>
        Below(Split(request) is ["api", "projects", var project, ..] ? ["api", "projects", project, "openai", "v1"] : ["openai", "v1"], request, "responses", "models");

    public override ApiException NoRoute(HttpRequest request, string? model) => Gateway(StatusCodes.Status404NotFound, "404", "Resource not found");

    public override Credential? FindCredential(HttpRequest request) => request.Headers[KeyHeader].ToString() is { Length: > 0 } key
        ? new Credential(key, CredentialKind.Key)
        : base.FindCredential(request);

    public override ApiException RejectCredential(CredentialProblem problem, string credential) => Gateway(StatusCodes.Status401Unauthorized, "401", problem == CredentialProblem.Expired
        ? "Unauthorized. Access token is missing, invalid, audience is incorrect (https://ai.azure.com), or have expired."
        : "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.");

    public override ModelInfo? FindModel(string name) => host.Deployments.Count == 0
        ? FindInCatalog(name)
        : host.Deployments.TryGetValue(name, out var model) ? FindInCatalog(model) : null;

    public override ApiException UnknownModel(string name) => Gateway(
        StatusCodes.Status404NotFound,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.");

    public override string EchoedName(string requested, ModelInfo model) => host.EchoesDeployment ? requested : host.Deployments.TryGetValue(requested, out var name) ? name : requested;

    public override CreateRequest Adapt(CreateRequest request, HttpRequest http)
    {
        if (request.Tools.FirstOrDefault(tool => !tool.IsFunction) is { } hosted)
        {
            throw ApiException.NotSupported(hosted.Type);
        }

        return request.Effort == "xhigh" && host.RejectsXHigh
            ? throw ApiException.InvalidArgument("This model does not support `reasoning_effort` value `xhigh`")
            : request;
    }

    // The store is asked for reasoning items by their ids. Those of another resource, and of responses that expired, are not in it.
    public override void CheckReplay(CreateRequest request, Func<string, bool> isStored)
    {
        if (request.Store && ItemsOf(request, "reasoning").Select(item => TextOf(item, "id")).FirstOrDefault(id => id is not null && !IsKnown(id)) is { } unknown)
        {
            throw ApiException.WithBody(StatusCodes.Status400BadRequest, NestedJson($"Item with id '{unknown}' not found.", InvalidRequest, "input", code: null));
        }

        bool IsKnown(string id) => id.StartsWith(ReasoningPrefix, StringComparison.Ordinal) && isStored(id[ReasoningPrefix.Length..]);
    }

    public override TimeSpan HiddenFor(CreateRequest request) => request.Stream ? host.ReadableAfter : TimeSpan.Zero;

    public override string FormatId(Guid id) => $"resp_{id:N}";

    public override ApiException UnknownPrevious(string id) => ApiException.WithBody(
        StatusCodes.Status400BadRequest,
        NestedJson($"Previous response with id '{id}' not found.", InvalidRequest, "previous_response_id", "previous_response_not_found"));

    public override ApiException UnknownResponse(string id) =>
        ApiException.WithBody(StatusCodes.Status404NotFound, NestedJson($"Response with id '{id}' not found.", InvalidRequest, param: null, code: null));

    public override ErrorBody Describe(HostError error) => ErrorBody.From(error switch
    {
        { Argument: { } argument } => FlatJson("invalid-argument", $"Model {error.Model} does not support {argument}"),
        { Status: 400 or 410 or 422, Code: { } code } => FlatJson(code, error.Message),
        { IsRateLimit: true } => GatewayJson("429", Seconds(error.Wait) is { } seconds
            ? $"Requests to this deployment have exceeded the token rate limit of your current tier. Please retry after {seconds} seconds."
            : "Requests to this deployment have exceeded the token rate limit of your current tier. Please retry later."),
        _ => NestedJson(error.Message, TypeOf(error.Status), param: null, error.Status.ToString(CultureInfo.InvariantCulture)),
    });

    public override IEnumerable<(string Name, string Value)> WaitHeaders(TimeSpan wait) =>
        [.. base.WaitHeaders(wait), ("retry-after-ms", ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture))];

    private static ModelInfo? FindInCatalog(string name) => ModelCatalog.Find(Spellings.GetValueOrDefault(name, name));

    private static ApiException Gateway(int status, string code, string message) => ApiException.WithBody(status, GatewayJson(code, message));

    private static string GatewayJson(string code, string message) => Json.WriteObjectText(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    private static long? Seconds(TimeSpan? wait) => wait is { } time ? (long)Math.Ceiling(time.TotalSeconds) : null;
}
