using System.Text.RegularExpressions;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>Amazon Bedrock, the runtime endpoint. The words of its errors are not known, except those for a wrong route.</summary>
internal sealed partial class BedrockService(BedrockHost host) : ServiceHost
{
    private const string GlobalProfile = "global.xai.";
    private const string InvalidRequest = "invalid_request_error";

    /// <summary>The inference profiles of the models, by prefix.</summary>
    private static readonly string[] Profiles = ["us.xai.", GlobalProfile];

    private int _served = -1;

    public override string[]? FindRoute(HttpRequest request) => Below(["openai", "v1"], request, "responses", "models");

    public override ApiException NoRoute(HttpRequest request, string? model) => Split(request) is ["v1", "responses", ..]
        ? Rejected(StatusCodes.Status400BadRequest, $"model `{model}` isn't supported on this route", param: null, "invalid_request")
        : Rejected(StatusCodes.Status404NotFound, "Unknown operation.", param: null, "unknown_operation");

    public override Credential? FindCredential(HttpRequest request)
    {
        if (Signature().Match(request.Headers.Authorization.ToString()) is { Success: true } signature)
        {
            return new Credential(signature.Groups["key"].Value, signature.Groups["region"].Value == RegionOf(request) ? CredentialKind.Signature : CredentialKind.Misplaced);
        }

        return base.FindCredential(request) is { } bearer ? bearer with { Kind = RegionOf(request) == host.Region ? bearer.Kind : CredentialKind.Misplaced } : null;
    }

    public override ApiException RejectCredential(CredentialProblem problem, string credential) => Rejected(
        StatusCodes.Status401Unauthorized,
        problem == CredentialProblem.Expired ? "The security token included in the request is expired" : "Invalid bearer token",
        param: null,
        "invalid_api_key");

    public override ModelInfo? FindModel(string name) => Profiles.FirstOrDefault(profile => name.StartsWith(profile, StringComparison.Ordinal)) is { } profile
        ? ModelCatalog.Find(name[profile.Length..])
        : !name.StartsWith("xai.", StringComparison.Ordinal)
            ? null
            : throw Rejected(
                StatusCodes.Status400BadRequest,
                $"Invocation of model ID {name} with on-demand throughput isn't supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
                "model",
                "validation_error");

    public override ApiException UnknownModel(string name) => Rejected(StatusCodes.Status404NotFound, $"The model '{name}' does not exist", "model", "model_not_found");

    public override string EchoedName(string requested, ModelInfo model) => requested;

    public override string ListedName(ModelInfo model) => Profiles[0] + model.Id;

    public override CreateRequest Adapt(CreateRequest request, HttpRequest http)
    {
        if (host.RetainsNothing && AsksToStore(request))
        {
            throw Rejected(StatusCodes.Status400BadRequest, "store must be false: the data retention mode of this account is none.", "store", "invalid_value");
        }

        if (request.Tools.FirstOrDefault(tool => !tool.IsFunction) is { } hosted)
        {
            throw Rejected(StatusCodes.Status400BadRequest, $"Tools of type '{hosted.Type}' are not supported for this model.", "tools", "unsupported_value");
        }

        return request with { Store = request.Store && !host.RetainsNothing, StorePart = RegionFor(request, http) };
    }

    public override string StoreOf(HttpRequest request) => RegionOf(request);

    public override string FormatId(Guid id) => $"resp_{id:N}";

    public override ApiException UnknownPrevious(string id) =>
        Rejected(StatusCodes.Status404NotFound, $"Response with id '{id}' not found.", param: null, "not_found");

    public override ErrorBody Describe(HostError error) =>
        ErrorBody.From(NestedJson(error.Message, TypeOf(error.Status), error.Argument, error.Code ?? "invalid_request"));

    private string RegionFor(CreateRequest request, HttpRequest http) =>
        host.GlobalRegions.Count > 0 && request.Model?.StartsWith(GlobalProfile, StringComparison.Ordinal) == true
            ? host.GlobalRegions[(int)((uint)Interlocked.Increment(ref _served) % (uint)host.GlobalRegions.Count)]
            : RegionOf(http);

    private string RegionOf(HttpRequest request) => HostName().Match(request.Host.Host) is { Success: true } name ? name.Groups["region"].Value : host.Region;

    private static ApiException Rejected(int status, string message, string? param, string code) =>
        ApiException.WithBody(status, NestedJson(message, status == 404 ? InvalidRequest : TypeOf(status), param, code));

    [GeneratedRegex(@"^bedrock-(?:runtime|mantle)\.(?<region>[a-z0-9-]+)\.", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^AWS4-HMAC-SHA256 Credential=(?<key>[^/,\s]+)/\d{8}/(?<region>[a-z0-9-]+)/bedrock/aws4_request,\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}$", RegexOptions.None, 1000)]
    private static partial Regex Signature();
}
