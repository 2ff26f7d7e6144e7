using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Rules;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>Maps requests to endpoints (docs/wire.md#endpoints).</summary>
internal sealed class Routes(GrokEmulatorOptions options, ServiceHost service, CredentialCheck credentials, ResponsesEndpoint responses, FilesEndpoint files, AccountEndpoint account)
{
    private readonly ModelsEndpoint _models = new(options, service);

    public bool IsCreate(HttpRequest request) => request.Method == "POST" && service.FindRoute(request) is ["v1", "responses"];

    /// <summary>Returns the error of a request with a long body that is rejected whatever the body is: for its key, its route or its content type. Null when the body must be read.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAnyRoute">Whether only the key is checked, because a recording answers.</param>
    public ApiException? FindRejection(HttpRequest request, bool isAnyRoute)
    {
        try
        {
            credentials.Check(request);
        }
        catch (ApiException rejected)
        {
            return rejected;
        }

        return isAnyRoute ? null : (request.Method, service.FindRoute(request)) switch
        {
            (_, null) => service.NoRoute(request, model: null),
            ("POST", ["v1", "responses"] or ["v1", "responses", "compact"] or ["v1", "tokenize-text"]) => request.HasJsonContentType() ? null : RequestReader.NotJson(),
            ("POST", ["v1", "files"]) => request.HasFormContentType ? null : UploadReader.NotMultipart(),
            ("POST", ["v1", "files", _, "public-url"]) => null,
            (_, ["v1", "responses" or "files" or "models" or "language-models", ..]) => new ApiException(StatusCodes.Status413PayloadTooLarge, "emulator-body", "This route takes no request body."),
            _ => service.NoRoute(request, model: null),
        };
    }

    public Task RouteAsync(HttpContext http, RecordedRequest recorded, byte[] body, Fault? fault, CancellationToken cancellationToken)
    {
        var method = http.Request.Method;
        var route = service.FindRoute(http.Request) ?? throw service.NoRoute(http.Request, recorded.Model);
        if (service.ChecksCredentialsFirst)
        {
            credentials.Check(http.Request);
        }

        return route switch
        {
            ["v1", "responses"] => method == "POST" ? responses.CreateAsync(http, recorded, body, fault, cancellationToken) : WrongMethod(http, "POST"),
            ["v1", "responses", "compact"] when method == "POST" => responses.CompactAsync(http, body),
            ["v1", "responses", var id] => method switch
            {
                "GET" => responses.GetAsync(http, id),
                "DELETE" => responses.DeleteAsync(http, id),
                _ => WrongMethod(http, "GET, DELETE"),
            },
            ["v1", "responses", var id, "input_items"] => method == "GET" ? responses.GetInputItemsAsync(http, id) : WrongMethod(http, "GET"),
            ["v1", "files", .. var rest] => RouteFilesAsync(http, rest, body, cancellationToken),
            [FilesEndpoint.PublicFolder, var token, _] when method == "GET" => files.GetPublicAsync(http, token),
            ["v1", "models"] => Get(http, () => _models.ListAsync(http)),
            ["v1", "models", var name] => Get(http, () => _models.GetAsync(http, name)),
            ["v1", "language-models"] => Get(http, () => _models.ListLanguageModelsAsync(http)),
            ["v1", "language-models", var name] => Get(http, () => _models.GetLanguageModelAsync(http, name)),
            ["v1", "image-generation-models" or "video-generation-models" or "embedding-models"] => Get(http, () => ModelsEndpoint.ListNoneAsync(http)),
            ["v1", "api-key"] => Get(http, () => AccountEndpoint.GetKeyAsync(http)),
            ["v1", "me"] => Get(http, () => account.GetMeAsync(http)),
            ["v1", "tokenize-text"] => method == "POST" ? account.TokenizeAsync(http, body) : WrongMethod(http, "POST"),
            _ => throw service.NoRoute(http.Request, recorded.Model),
        };
    }

    private Task RouteFilesAsync(HttpContext http, string[] rest, byte[] body, CancellationToken cancellationToken) => (http.Request.Method, rest) switch
    {
        ("POST", []) => files.UploadAsync(http, body, cancellationToken),
        ("GET", []) => files.ListAsync(http),
        (_, []) => WrongMethod(http, "GET, POST"),
        ("GET", [var id]) => files.GetAsync(http, id),
        ("DELETE", [var id]) => files.DeleteAsync(http, id),
        (_, [_]) => WrongMethod(http, "GET, DELETE"),
        ("GET", [var id, "content"]) => files.GetContentAsync(http, id),
        (_, [_, "content"]) => WrongMethod(http, "GET"),
        ("POST", [var id, "public-url"]) => files.PublishAsync(http, id, body),
        ("POST", [var id, "public-url", "revoke"]) => files.RevokeAsync(http, id),
        (_, [_, "public-url"] or [_, "public-url", "revoke"]) => WrongMethod(http, "POST"),
        _ => throw service.NoRoute(http.Request, model: null),
    };

    private Task Get(HttpContext http, Func<Task> answer)
    {
        if (http.Request.Method != "GET")
        {
            return WrongMethod(http, "GET");
        }

        credentials.Check(http.Request);
        return answer();
    }

    private static Task WrongMethod(HttpContext http, string allowed)
    {
        http.Response.Headers.Allow = allowed;
        return AnswerWriter.WriteTextAsync(http, "", StatusCodes.Status405MethodNotAllowed);
    }
}
