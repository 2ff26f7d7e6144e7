namespace Connectors.Grok.Emulator;

/// <summary>The forms of an error body (docs/wire.md#errors).</summary>
public enum ErrorShape
{
    /// <summary><c>{"code":"…","error":"…"}</c>: the form of the service.</summary>
    Flat,

    /// <summary><c>{"error":{"message":"…","type":null,"param":null,"code":"…"}}</c>: the form of OpenAI.</summary>
    Nested,

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
