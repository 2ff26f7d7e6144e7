using System.Net.Mime;
using System.Text;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Writes responses that are not streamed: JSON, and errors in the forms of docs/wire.md#errors.</summary>
internal static class AnswerWriter
{
    private static readonly GoogleService Google = new(new GoogleHost());

    public static Task WriteJsonAsync(HttpContext http, byte[] json, int status = StatusCodes.Status200OK) =>
        WriteAsync(http, json, MediaTypeNames.Application.Json, status);

    public static Task WriteTextAsync(HttpContext http, string text, int status) =>
        WriteAsync(http, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", status);

    /// <summary>Writes an error in the form of the host.</summary>
    public static Task WriteErrorAsync(HttpContext http, ApiException error, GrokProfile profile, ServiceHost service, string? model)
    {
        if (error.Body is { } whole)
        {
            return WriteBodyAsync(http, ErrorBody.From(whole), error.Status);
        }

        var described = HostError.From(error, model);
        return WriteBodyAsync(http, service.Describe(described with { Code = CodeOf(described.Code, profile) }), error.Status);
    }

    public static Task WriteErrorAsync(HttpContext http, int status, string? code, string error) =>
        code is null ? WriteTextAsync(http, error, status) : WriteJsonAsync(http, ErrorJson(code, error), status);

    /// <summary>Writes the error of a fault, in its form or that of the host.</summary>
    public static async Task WriteFaultAsync(HttpContext http, Fault fault, GrokProfile profile, ServiceHost service, string? model)
    {
        fault = fault.ForModel(model ?? ModelCatalog.All[0].Id);
        var code = CodeOf(fault.Code, profile)!;
        foreach (var (name, value) in fault.Wait is { } wait ? service.WaitHeaders(wait) : [])
        {
            http.Response.Headers[name] = value;
        }

        await using var decoration = FaultDecoration.Apply(http, fault);
        if (fault is { IsExpiredToken: true, Shape: null })
        {
            await WriteErrorAsync(http, service.RejectCredential(CredentialProblem.Expired, ""), profile, service, model);
            return;
        }

        await (fault.Shape switch
        {
            null => WriteBodyAsync(http, service.Describe(new HostError(fault.HttpStatus, code, fault.Error) { Model = model, Wait = fault.Wait }), fault.HttpStatus),
            ErrorShape.Html => WriteAsync(http, Html(fault), "text/html; charset=UTF-8", fault.HttpStatus),
            ErrorShape.PlainText => WriteTextAsync(http, fault.Error, fault.HttpStatus),
            { } shape => WriteJsonAsync(http, Body(fault, code, shape, model), fault.HttpStatus),
        });
    }

    public static byte[] ErrorJson(string code, string error) => Json.WriteObject(writer =>
    {
        writer.WriteString("code", code);
        writer.WriteString("error", error);
    });

    public static byte[] NestedJson(Fault fault) => Json.WriteObject(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", fault.Error);
        writer.WriteString("type", fault.NestedCode is null ? "api_error" : "server_error");
        if (fault.NestedCode is { } code)
        {
            writer.WriteString("code", code);
        }

        writer.WriteEndObject();
    });

    private static byte[] Body(Fault fault, string code, ErrorShape shape, string? model) => shape switch
    {
        ErrorShape.Nested => Json.WriteObject(writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteString("message", fault.Error);
            writer.WriteNull("type");
            writer.WriteNull("param");
            writer.WriteString("code", code);
            writer.WriteEndObject();
        }),
        ErrorShape.NestedParam => Json.WriteObject(writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteString("message", fault.Error);
            writer.WriteString("type", "invalid_request_error");
            writer.WriteString("param", fault.Param);
            writer.WriteString("code", code);
            writer.WriteEndObject();
        }),
        ErrorShape.Array => Encoding.UTF8.GetBytes(Google.Describe(new HostError(fault.HttpStatus, code, fault.Error) { Model = model, Wait = fault.Wait }).Text),
        ErrorShape.ErrorOnly => Json.WriteObject(writer => writer.WriteString("error", fault.Error)),
        ErrorShape.NumericCode => Json.WriteObject(writer =>
        {
            writer.WriteNumber("code", fault.HttpStatus);
            writer.WriteString("error", fault.Error);
        }),
        ErrorShape.JsonString => Json.Write(writer => writer.WriteStringValue(fault.Error)),
        ErrorShape.DoubleEncoded => Json.Write(writer => writer.WriteStringValue(Encoding.UTF8.GetString(ErrorJson(code, fault.Error)))),
        _ => ErrorJson(code, fault.Error),
    };

    private static string? CodeOf(string? code, GrokProfile profile) => code is not null && profile == GrokProfile.Docs2025 ? Docs2025.ErrorCode(code) : code;

    private static Task WriteBodyAsync(HttpContext http, ErrorBody body, int status) => WriteAsync(http, Encoding.UTF8.GetBytes(body.Text), body.ContentType, status);

    private static byte[] Html(Fault fault) => Encoding.UTF8.GetBytes(
        $"<!DOCTYPE html>\n<html><head><title>api.x.ai | {fault.HttpStatus}: {fault.Error}</title></head><body><h1>Error {fault.HttpStatus}</h1><p>cloudflare</p></body></html>\n");

    public static Task WriteAsync(HttpContext http, byte[] body, string contentType, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
