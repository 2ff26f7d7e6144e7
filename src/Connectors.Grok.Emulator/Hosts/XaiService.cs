using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>xAI itself (docs/wire.md).</summary>
internal sealed class XaiService : ServiceHost
{
    private const int ShortKey = 8;

    // The order that is reported of xAI: types, model, key, arguments.
    public override bool ChecksCredentialsFirst => false;

    public override string[] FindRoute(HttpRequest request) => Split(request);

    public override ApiException NoRoute(HttpRequest request, string? model) =>
        new(StatusCodes.Status404NotFound, code: null, $"No handler found on route {request.Method} {request.Path.Value}");

    public override ApiException RejectCredential(CredentialProblem problem, string credential) => problem switch
    {
        CredentialProblem.Missing => new ApiException(StatusCodes.Status401Unauthorized, "unauthenticated:no-credentials", "No credentials presented."),
        CredentialProblem.Expired => new ApiException(StatusCodes.Status401Unauthorized, "unauthenticated:bad-credentials", "The access token could not be validated. [WKE=unauthenticated:bad-credentials]"),
        _ => ApiException.InvalidArgument($"Incorrect API key provided: {Redact(credential)}. You can obtain an API key from https://console.x.ai."),
    };

    public override ModelInfo? FindModel(string name) => ModelCatalog.Find(name);

    public override ApiException UnknownModel(string name) => ApiException.NotFound(ModelCatalog.RetirementNotice(name)
        ?? $"The model {name} does not exist or your team 00000000-0000-0000-0000-000000000000 does not have access to it. If you believe this is a mistake, please contact support.");

    // The id of the model, even when the request names an alias.
    public override string EchoedName(string requested, ModelInfo model) => model.Id;

    public override string FormatId(Guid id) => id.ToString("D");

    public override ErrorBody Describe(HostError error) => error.Code is { } code ? ErrorBody.From(FlatJson(code, error.Message)) : ErrorBody.Plain(error.Message);

    private static string Redact(string key) => key.Length < ShortKey ? "***" : $"{key[..2]}***{key[^2..]}";
}
