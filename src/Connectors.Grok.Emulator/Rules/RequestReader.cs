using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Parses a request body. A syntax error is a 400 in plain text, a value of the wrong type a 422. Unknown top-level members are ignored.</summary>
internal static class RequestReader
{
    private const int MaxJsonDepth = 256;

    private static readonly string[] Includes =
    [
        "reasoning.encrypted_content", "web_search_call.action.sources", "code_interpreter_call.outputs", "file_search_call.results", "no_inline_citations",
        "message.output_text.logprobs", // Accepted and ignored.
    ];

    /// <summary>Creates the error for a body that is not declared as JSON.</summary>
    public static ApiException NotJson() => new(StatusCodes.Status415UnsupportedMediaType, code: null, "Expected request with `Content-Type: application/json`");

    public static CreateRequest Read(HttpContext http, byte[] body, bool requiresModel) => Read(http, body, root => ReadRequest(root, requiresModel));

    /// <summary>Parses a body and reads it. A body that is empty or not declared as JSON is a 415.</summary>
    public static T Read<T>(HttpContext http, byte[] body, Func<JsonElement, T> read)
    {
        if (body.Length == 0 || !http.Request.HasJsonContentType())
        {
            throw NotJson();
        }

        var root = Parse(body);
        try
        {
            return root.ValueKind == JsonValueKind.Object ? read(root) : throw Members.Mismatch("body", root, "struct ModelRequest");
        }
        catch (TypeMismatchException mismatch)
        {
            var text = Encoding.UTF8.GetString(body);
            var line = text.Count(character => character == '\n') + 1;
            var column = text.Length - (text.LastIndexOf('\n') + 1);
            throw new ApiException(
                422,
                "invalid-argument",
                $"Failed to deserialize the JSON body into the target type: {mismatch.Message} at line {line} column {column}");
        }
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
            // A lone surrogate is valid JSON and invalid text. Only a body with a surrogate escape needs the check.
            if (body.AsSpan().IndexOf("\\ud"u8) >= 0 || body.AsSpan().IndexOf("\\uD"u8) >= 0)
            {
                CheckStrings(document.RootElement);
            }

            return document.RootElement.Clone();
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(400, code: null, "Failed to parse the request body as JSON: lone leading surrogate in hex escape");
        }
        catch (JsonException syntax)
        {
            throw new ApiException(
                400,
                code: null,
                $"Failed to parse the request body as JSON: expected value at line {syntax.LineNumber + 1} column {syntax.BytePositionInLine + 1}");
        }
    }

    private static void CheckStrings(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckStrings(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    CheckStrings(member.Value);
                }

                break;
        }
    }

    private static CreateRequest ReadRequest(JsonElement root, bool requiresModel)
    {
        _ = root.Integer("max_turns");
        _ = root.Flag("logprobs");
        return new CreateRequest
        {
            Raw = root,
            Input = ItemReader.ReadInput(root),
            Model = requiresModel ? root.RequiredText("model") : root.Text("model"),
            Instructions = root.Text("instructions"),
            PreviousResponseId = root.Text("previous_response_id"),
            Store = root.Flag("store") ?? true,
            Stream = root.Flag("stream") ?? false,
            StreamToolCalls = root.Flag("stream_tool_calls") ?? false,
            Include = [.. root.Array("include").Select(ReadInclude)],
            ParallelToolCalls = root.Flag("parallel_tool_calls") ?? true,
            Tools = [.. root.Array("tools").Select(ToolReader.Read)],
            ToolChoice = ToolReader.ReadChoice(root),
            Format = ReadFormat(root),
            Effort = root.Object("reasoning") is { } reasoning ? reasoning.Text("effort") : root.Text("reasoning_effort"),
            Temperature = root.Number("temperature"),
            TopP = root.Number("top_p"),
            TopK = root.Integer("top_k"),
            MinP = root.Number("min_p"),
            Guidelines = root.Array("guidelines"),
            TopLogprobs = root.Integer("top_logprobs"),
            MaxOutputTokens = root.Integer("max_output_tokens"),
            MaxToolCalls = root.Integer("max_tool_calls"),
            User = root.Text("user"),
            PromptCacheKey = root.Text("prompt_cache_key"),
            SafetyIdentifier = root.Text("safety_identifier"),
            ServiceTier = root.Text("service_tier"),
        };
    }

    private static string ReadInclude(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Members.Mismatch("include", value, "a string");
        }

        var name = value.GetString()!;
        return Includes.Contains(name) ? name : throw Members.UnknownVariant("include", name, Includes);
    }

    private static TextFormat ReadFormat(JsonElement root)
    {
        if (root.Object("text")?.Object("format") is not { } format)
        {
            return new TextFormat("text", Schema: null);
        }

        return format.RequiredText("type") switch
        {
            "json_schema" => new TextFormat("json_schema", format.Object("schema") ?? throw Members.Missing("schema")),
            "text" => new TextFormat("text", Schema: null),
            "json_object" => new TextFormat("json_object", Schema: null),
            var unknown => throw Members.UnknownVariant("text.format.type", unknown, "text", "json_object", "json_schema"),
        };
    }
}
