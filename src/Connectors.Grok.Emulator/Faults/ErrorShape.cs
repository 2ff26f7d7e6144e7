namespace Connectors.Grok.Emulator;

/// <summary>The shapes in which errors arrive (section 12.1 of the wire description).</summary>
public enum ErrorShape
{
    /// <summary><c>{"code":"…","error":"…"}</c>: the service's own.</summary>
    Flat,

    /// <summary><c>{"error":{"message":"…","type":null,"param":null,"code":"…"}}</c>: the way of OpenAI.</summary>
    Nested,

    /// <summary><c>{"error":"…"}</c>.</summary>
    ErrorOnly,

    /// <summary><c>{"code":429,"error":"…"}</c>: the status in place of the code.</summary>
    NumericCode,

    /// <summary>Plain text.</summary>
    PlainText,

    /// <summary>A JSON string.</summary>
    JsonString,

    /// <summary>A JSON string that holds the JSON of the flat shape.</summary>
    DoubleEncoded,

    /// <summary>A page of HTML, as the edge in front of the service sends it.</summary>
    Html,
}
