namespace Connectors.Grok.Emulator.Foundation;

/// <summary>An error response of the API: <c>{"code","error"}</c>, or plain text when the code is null (docs/wire.md#errors). A host other than xAI gives it another form.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string? code, string error)
        : base(error)
    {
        Status = status;
        Code = code;
    }

    public int Status { get; }

    public string? Code { get; }

    /// <summary>The argument that is not supported; null for other errors.</summary>
    public string? Argument { get; private init; }

    /// <summary>The whole body in the form of a host; null when the host composes it from the other members.</summary>
    public string? Body { get; private init; }

    public static ApiException InvalidArgument(string error) => new(400, "invalid-argument", error);

    /// <summary>Creates the error for an argument that the API rejects whenever it is present, whatever its value.</summary>
    public static ApiException NotSupported(string argument) => new(400, "400", $"Argument not supported: {argument}") { Argument = argument };

    public static ApiException NotFound(string error) => new(404, "not-found", error);

    public static ApiException ResponseNotFound(string id) => NotFound($"Response with id={id} not found");

    public static ApiException FileNotFound(string id) => NotFound($"File with id={id} not found");

    /// <summary>Creates an error whose body is sent as it is: a JSON text or an HTML page.</summary>
    public static ApiException WithBody(int status, string body) => new(status, code: null, body) { Body = body };
}
