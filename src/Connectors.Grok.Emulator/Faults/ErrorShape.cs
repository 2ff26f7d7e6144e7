namespace Connectors.Grok.Emulator;

/// <summary>The forms of an error body (docs/wire.md#errors).</summary>
public enum ErrorShape
{
    /// <summary><c>{"code":"…","error":"…"}</c>: the form of the service.</summary>
    Flat,

    /// <summary><c>{"error":{"message":"…","type":null,"param":null,"code":"…"}}</c>: the form of OpenAI.</summary>
    Nested,

    /// <summary><c>{"error":{"message":"…","type":"invalid_request_error","param":"…","code":"…"}}</c>: the form of OpenAI for an error about a member of the request.</summary>
    NestedParam,

    /// <summary><c>[{"error":{"code":429,"message":"…","status":"RESOURCE_EXHAUSTED"}}]</c>: the form of Google, an array.</summary>
    Array,

    /// <summary><c>{"error":"…"}</c>.</summary>
    ErrorOnly,

    /// <summary><c>{"code":429,"error":"…"}</c>: the HTTP status as the code.</summary>
    NumericCode,

    /// <summary>Plain text.</summary>
    PlainText,

    /// <summary>A JSON string.</summary>
    JsonString,

    /// <summary>A JSON string that contains the JSON of <see cref="Flat"/>.</summary>
    DoubleEncoded,

    /// <summary>An HTML page, as sent by the proxy in front of the service.</summary>
    Html,
}
