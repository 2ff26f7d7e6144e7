using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Redacts keys, tokens, passwords, headers, end users and team ids. JSON is redacted by its structure, at every depth; other text by what it looks like.</summary>
internal static class Redaction
{
    private const string Mask = SecretText.Mask;
    private const string FormBoundary = "--";
    private const string ImageUri = "data:image/";
    private const int MaxDepth = 256;
    private const int MaxNesting = 8;

    /// <summary>How the value of a member is redacted.</summary>
    private enum Treatment
    {
        /// <summary>By what it looks like.</summary>
        Text,

        /// <summary>Whatever it is.</summary>
        Whole,

        /// <summary>A definition of a JSON schema, whose defaults and examples are redacted.</summary>
        Schema,
    }

    /// <summary>Redacts a body or a text. The result is the same text when it holds no secret.</summary>
    public static string Redact(string text) => IsForm(text) ? Mask : Redact(text, isWire: true, nesting: 0);

    /// <summary>Redacts the path and the query of a request.</summary>
    public static string RedactPath(string path) => SecretText.Redact(SecretUrl.RedactQuery(path));

    // The arguments of functions are JSON in a string, to any depth.
    internal static string Redact(string text, bool isWire, int nesting)
    {
        if (nesting > MaxNesting)
        {
            return Mask;
        }

        if (Parse(text) is not { } document)
        {
            return SecretText.Redact(text);
        }

        using (document)
        {
            var isChanged = false;
            var json = Encoding.UTF8.GetString(Json.Write(writer => isChanged = Write(writer, document.RootElement, name: "", Treatment.Text, isWire, nesting)));
            return isChanged ? json : text;
        }
    }

    private static bool IsForm(string text) => text.StartsWith(FormBoundary, StringComparison.Ordinal) && text.Contains("form-data", StringComparison.OrdinalIgnoreCase);

    private static JsonDocument? Parse(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty || start[0] is not ('{' or '[' or '"'))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes an element without its secrets.</summary>
    /// <returns>Whether something was redacted.</returns>
    private static bool Write(Utf8JsonWriter writer, JsonElement element, string name, Treatment treatment, bool isWire, int nesting)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return WriteObject(writer, element, name, treatment, isWire, nesting);
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var isChanged = false;
                foreach (var item in element.EnumerateArray())
                {
                    isChanged |= Write(writer, item, name, treatment, isWire, nesting);
                }

                writer.WriteEndArray();
                return isChanged;
            case JsonValueKind.String:
                var text = Text(element);
                var redacted = treatment == Treatment.Whole ? MaskOf(text) : RedactString(text, name, isWire, nesting);
                writer.WriteStringValue(redacted);
                return redacted != text;
            case JsonValueKind.Number when treatment == Treatment.Whole || SensitiveNames.IsSecretNumber(name):
                writer.WriteStringValue(Mask);
                return true;
            default:
                writer.WriteRawValue(element.GetRawText(), skipInputValidation: true);
                return false;
        }
    }

    private static bool WriteObject(Utf8JsonWriter writer, JsonElement element, string name, Treatment treatment, bool isWire, int nesting)
    {
        var isChanged = false;
        var isImage = isWire && element.TryGetProperty("type", out var type) && type.ValueEquals("image_generation_call");
        writer.WriteStartObject();
        foreach (var member in element.EnumerateObject())
        {
            var redactedName = treatment == Treatment.Whole ? member.Name : SecretText.Redact(member.Name);
            isChanged |= redactedName != member.Name;
            writer.WritePropertyName(redactedName);
            if (isWire && (member.Name is "encrypted_content" or "partial_image_b64" || (isImage && member.Name == "result")))
            {
                writer.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
                continue;
            }

            isChanged |= Write(writer, member.Value, member.Name, TreatmentOf(member, name, treatment), isWire, nesting);
        }

        writer.WriteEndObject();
        return isChanged;
    }

    private static Treatment TreatmentOf(JsonProperty member, string parent, Treatment treatment) => treatment switch
    {
        Treatment.Whole => Treatment.Whole,
        Treatment.Schema when member.Name is "default" or "const" or "enum" or "example" or "examples" => Treatment.Whole,
        Treatment.Schema => Treatment.Schema,
        _ when SensitiveNames.IsContainer(member.Name) && member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array => Treatment.Whole,
        _ when !SensitiveNames.IsSecret(member.Name) => Treatment.Text,
        _ when parent == "properties" && member.Value.ValueKind == JsonValueKind.Object => Treatment.Schema,
        _ when member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Object && !SensitiveNames.IsSecretNumber(member.Name) && IsCounts(member.Value) => Treatment.Text,
        _ => Treatment.Whole,
    };

    // Such as input_tokens_details.
    private static bool IsCounts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number || value.EnumerateObject().All(static member => member.Value.ValueKind == JsonValueKind.Number);

    private static string RedactString(string text, string name, bool isWire, int nesting)
    {
        if (isWire && text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && text.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma)
        {
            return text.StartsWith(ImageUri, StringComparison.OrdinalIgnoreCase) ? text : text[..(comma + 1)] + Mask;
        }

        if (isWire && name == "server_url")
        {
            return SecretText.Redact(SecretUrl.Redact(text, isStrict: true));
        }

        return isWire && SensitiveNames.IsWire(name) ? SecretText.RedactKnown(text) : Redact(text, isWire: false, nesting + 1);
    }

    private static string MaskOf(string text) => text.Length == 0 ? text : Mask;

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate.
            return Mask;
        }
    }
}
