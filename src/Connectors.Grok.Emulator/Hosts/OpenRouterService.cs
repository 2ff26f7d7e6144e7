using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Hosts;

/// <summary>OpenRouter. It stores nothing; the kind of an error is its <c>error_type</c>.</summary>
internal sealed class OpenRouterService(OpenRouterHost host) : ServiceHost
{
    private const string Prefix = "x-ai/";

    public override string[]? FindRoute(HttpRequest request) => Split(request) is ["api", "v1", "responses"] ? ["v1", "responses"] : Below(["api", "v1"], request, "models");

    public override ApiException NoRoute(HttpRequest request, string? model) => Numbered(StatusCodes.Status404NotFound, "Not Found");

    public override ApiException RejectCredential(CredentialProblem problem, string credential) => host.FailsWith200
        ? ApiException.WithBody(StatusCodes.Status200OK, Json.WriteObjectText(writer =>
        {
            writer.WriteString("id", FormatId(Guid.NewGuid()));
            writer.WriteString("status", "failed");
            writer.WriteStartObject("error");
            writer.WriteString("code", "server_error");
            writer.WriteString("message", "Invalid credentials");
            writer.WriteEndObject();
            writer.WriteString("error_type", "authentication");
        }))
        : Numbered(StatusCodes.Status401Unauthorized, problem == CredentialProblem.Missing ? "No auth credentials found" : "Invalid credentials");

    public override ModelInfo? FindModel(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? ModelCatalog.Find(name[Prefix.Length..]) : null;

    public override ApiException UnknownModel(string name) => Prompt($"{name} is not a valid model ID");

    public override string EchoedName(string requested, ModelInfo model) => requested;

    public override string ListedName(ModelInfo model) => Prefix + model.Id;

    public override CreateRequest Adapt(CreateRequest request, HttpRequest http)
    {
        if (AsksToStore(request))
        {
            throw Prompt("store must be false: this API does not store responses.");
        }

        if (request.PreviousResponseId is not null)
        {
            throw Prompt("previous_response_id is not supported: this API is stateless.");
        }

        if (host.RequiresAssistantIds && ItemsOf(request, "message").Any(item => TextOf(item, "role") == "assistant" && (TextOf(item, "id") is null || TextOf(item, "status") is null)))
        {
            throw Prompt("Assistant messages in input must have id and status.");
        }

        return request with { Store = false };
    }

    public override string FormatId(Guid id) => $"resp_{id:N}";

    public override ErrorBody Describe(HostError error) => ErrorBody.From(Json.WriteObjectText(writer =>
    {
        var (code, type) = CodeOf(error.Status);
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", error.Message);
        writer.WriteStartObject("metadata");
        writer.WriteString("error_type", type);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }));

    private static (string Code, string Type) CodeOf(int status) => status switch
    {
        401 => ("server_error", "authentication"),
        402 => ("server_error", "payment_required"),
        403 => ("server_error", "permission_denied"),
        429 => ("rate_limit_exceeded", "rate_limit_exceeded"),
        503 or 529 => ("server_error", "provider_overloaded"),
        >= 500 => ("server_error", "server"),
        _ => ("invalid_prompt", "invalid_request"),
    };

    private static ApiException Prompt(string message) => ApiException.WithBody(StatusCodes.Status400BadRequest, Json.WriteObjectText(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("code", "invalid_prompt");
        writer.WriteString("message", message);
        writer.WriteEndObject();
        writer.WriteNull("metadata");
    }));

    private static ApiException Numbered(int status, string message) => ApiException.WithBody(status, Json.WriteObjectText(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", message);
        writer.WriteNumber("code", status);
        writer.WriteEndObject();
    }));
}
