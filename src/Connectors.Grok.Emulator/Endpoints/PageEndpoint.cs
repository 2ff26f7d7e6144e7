using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The page at <c>/</c>, its files, and the data that it shows. With an API key, the data needs the key.</summary>
internal sealed class PageEndpoint(GrokEmulatorOptions options, EmulatorApp app)
{
    private const string Folder = "/emulator";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";
    private const int MaxBody = 4_096;
    private const int MaxTimes = 100;

    private static readonly Dictionary<string, (string File, string Type)> Files = new()
    {
        ["/"] = ("index.html", "text/html; charset=utf-8"),
        [$"{Folder}/app.js"] = ("app.js", "text/javascript; charset=utf-8"),
        [$"{Folder}/tree.js"] = ("tree.js", "text/javascript; charset=utf-8"),
        [$"{Folder}/styles.css"] = ("styles.css", "text/css; charset=utf-8"),
    };

    private readonly PageData _data = new(options, app);

    /// <summary>Returns whether a path belongs to the page.</summary>
    public static bool Handles(HttpRequest request) => request.Path == "/" || request.Path.StartsWithSegments(Folder);

    public async Task AnswerAsync(HttpContext http)
    {
        SetHeaders(http.Response);
        try
        {
            await (Files.TryGetValue(http.Request.Path.Value ?? "", out var file) && http.Request.Method is "GET" or "HEAD"
                ? AnswerWriter.WriteAsync(http, Read(file.File), file.Type)
                : AnswerDataAsync(http));
        }
        catch (ApiException error)
        {
            await AnswerWriter.WriteErrorAsync(http, error.Status, error.Code, error.Message);
        }
    }

    private Task AnswerDataAsync(HttpContext http)
    {
        CheckKey(http.Request);
        var path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (http.Request.Method, path) switch
        {
            ("GET", [_, "api", "state"]) => AnswerWriter.WriteJsonAsync(http, _data.State()),
            ("GET", [_, "api", "faults"]) => AnswerWriter.WriteJsonAsync(http, PageData.FaultNames()),
            ("GET", [_, "api", "requests", var number]) => AnswerWriter.WriteJsonAsync(http, _data.Request(number) ?? throw ApiException.NotFound("The request is not kept any more.")),
            ("POST", [_, "api", "faults"]) => EnqueueAsync(http),
            ("DELETE", [_, "api", "faults"]) => NoContent(http, app.Faults.Clear),
            ("POST", [_, "api", "gates", var name]) => NoContent(http, (app.Gates.GetValueOrDefault(name) ?? throw ApiException.NotFound("The script has no such gate.")).Release),
            _ => throw ApiException.NotFound("The page has no such address."),
        };
    }

    private async Task EnqueueAsync(HttpContext http)
    {
        var (text, times) = await ReadFaultAsync(http);
        Fault fault;
        try
        {
            fault = FaultCatalog.Parse(text);
        }
        catch (FormatException invalid)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "emulator-fault", invalid.Message);
        }

        for (var count = 0; count < times; count++)
        {
            app.Faults.Enqueue(fault);
        }

        await NoContent(http, static () => { });
    }

    private static async Task<(string Fault, int Times)> ReadFaultAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "emulator-fault", "The body must be JSON.");
        }

        var buffer = new byte[MaxBody];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, http.RequestAborted);
        try
        {
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            var root = document.RootElement;
            var times = root.TryGetProperty("times", out var number) ? number.GetInt32() : 1;
            return (root.GetProperty("fault").GetString() ?? "", Math.Clamp(times, 1, MaxTimes));
        }
        catch (Exception invalid) when (invalid is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "emulator-fault", "The body must be {\"fault\": \"…\", \"times\": 1}.");
        }
    }

    private void CheckKey(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        var sent = header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
        if (options.ApiKey is { } key && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(key)))
        {
            throw new ApiException(StatusCodes.Status401Unauthorized, "emulator-key", "The page needs the API key of the emulator.");
        }
    }

    private static Task NoContent(HttpContext http, Action act)
    {
        act();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static byte[] Read(string name)
    {
        using var resource = typeof(PageEndpoint).Assembly.GetManifestResourceStream($"page/{name}")!;
        using var buffer = new MemoryStream();
        resource.CopyTo(buffer);
        return buffer.ToArray();
    }

    private static void SetHeaders(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }
}
