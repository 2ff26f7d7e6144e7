using System.Buffers.Text;
using System.Globalization;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>Google's Agent Platform. Every error is the only element of an array, except one about a quota.</summary>
internal sealed class GoogleService(GoogleHost host) : ServiceHost
{
    private const string Prefix = "xai/";
    private const string Global = "global";

    public override string[]? FindRoute(HttpRequest request) => Split(request) switch
    {
        ["v1", "projects", _, "locations", Global, "endpoints", "openapi", "responses"] => ["v1", "responses"],
        ["v1beta1", "projects", _, "locations", Global, "endpoints", "openapi", "responses", var id] => ["v1", "responses", id],
        _ => null,
    };

    public override ApiException NoRoute(HttpRequest request, string? model) =>
        Split(request) is ["v1" or "v1beta1", "projects", _, "locations", var location, "endpoints", "openapi", "responses", ..] && location != Global
            ? Rejected(StatusCodes.Status400BadRequest, $"Publisher model '{model}' in region '{location}' is only available via global endpoint.", "FAILED_PRECONDITION")
            : ApiException.WithBody(StatusCodes.Status404NotFound, $"""
                <!DOCTYPE html>
                <html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> <ins>That's an error.</ins>
                <p>The requested URL <code>{request.Path.Value}</code> was not found on this server.  <ins>That's all we know.</ins></html>
                """);

    public override ApiException RejectCredential(CredentialProblem problem, string credential) => Rejected(
        StatusCodes.Status401Unauthorized,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "UNAUTHENTICATED");

    public override ModelInfo? FindModel(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? ModelCatalog.Find(name[Prefix.Length..]) : null;

    public override ApiException UnknownModel(string name) => Rejected(
        StatusCodes.Status404NotFound,
        $"Publisher Model `projects/emulator/locations/global/publishers/{name.Replace("/", "/models/", StringComparison.Ordinal)}` was not found or your project does not have access to it. Please ensure you are using a valid model version.",
        "NOT_FOUND");

    public override string EchoedName(string requested, ModelInfo model) => requested;

    public override CreateRequest Adapt(CreateRequest request, HttpRequest http)
    {
        request = request with { Store = SaysWhetherToStore(request) ? request.Store : host is { StoresByDefault: true, AllowsState: true } };
        if (!host.AllowsState && (request.Store || request.PreviousResponseId is not null))
        {
            throw Rejected(
                StatusCodes.Status400BadRequest,
                $"Organization Policy constraint constraints/vertexai.allowedPartnerModelFeatures violated for projects/emulator attempting to use a disallowed feature stateful_responses_api for model {request.Model}. Please contact your organization administrator.",
                "FAILED_PRECONDITION");
        }

        if (request.Effort is not null && host.RejectsEffort)
        {
            throw ApiException.InvalidArgument($"Model {request.Model} does not support parameter reasoningEffort.");
        }

        return host.IgnoresSchemas ? request with { Format = new TextFormat("text", Schema: null) } : request;
    }

    public override string FormatId(Guid id) => Base64Url.EncodeToString(id.ToByteArray());

    public override ErrorBody Describe(HostError error)
    {
        if (error.IsRateLimit)
        {
            return ErrorBody.From(ErrorJson(
                StatusCodes.Status429TooManyRequests,
                $"Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model with base model: {(error.Model ?? "xai/grok-4.7").Replace('/', '-')}. Please submit a quota increase request.",
                "RESOURCE_EXHAUSTED",
                error.Wait));
        }

        return ErrorBody.From($"[{ErrorJson(error.Status, error.Message, StatusOf(error.Status), error.Wait)}]");
    }

    // The waiting time is in the body.
    public override IEnumerable<(string Name, string Value)> WaitHeaders(TimeSpan wait) => [];

    private static ApiException Rejected(int status, string message, string name) => ApiException.WithBody(status, $"[{ErrorJson(status, message, name)}]");

    private static string ErrorJson(int status, string message, string name, TimeSpan? wait = null) => Json.WriteObjectText(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteNumber("code", status);
        writer.WriteString("message", message);
        writer.WriteString("status", name);
        if (wait is { } time)
        {
            writer.WriteStartArray("details");
            writer.WriteStartObject();
            writer.WriteString("@type", "type.googleapis.com/google.rpc.RetryInfo");
            writer.WriteString("retryDelay", $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static string StatusOf(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 or 529 => "UNAVAILABLE",
        >= 500 => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
}
