using System.Globalization;
using System.Net.Mime;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Writes whole answers: JSON, and errors in the shapes of section 12.1.</summary>
internal static class Answer
{
    public static Task JsonAsync(HttpContext http, byte[] json, int status = StatusCodes.Status200OK) =>
        WriteAsync(http, json, MediaTypeNames.Application.Json, status);

    public static Task TextAsync(HttpContext http, string text, int status) =>
        WriteAsync(http, System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", status);

    public static Task HtmlAsync(HttpContext http, int status) => WriteAsync(
        http,
        System.Text.Encoding.UTF8.GetBytes(
            $"<!DOCTYPE html>\n<html><head><title>api.x.ai | {status}: Web server is returning an unknown error</title></head><body><h1>Error {status}</h1><p>cloudflare</p></body></html>\n"),
        "text/html; charset=UTF-8",
        status);

    public static Task ErrorAsync(HttpContext http, int status, string? code, string error, TimeSpan? retryAfter = null)
    {
        if (retryAfter is { } wait)
            http.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return code is null ? TextAsync(http, error, status) : JsonAsync(http, ErrorJson(code, error), status);
    }

    public static byte[] ErrorJson(string code, string error) => Json.WriteObject(writer =>
    {
        writer.WriteString("code", code);
        writer.WriteString("error", error);
    });

    private static Task WriteAsync(HttpContext http, byte[] body, string contentType, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
