using System.Text.Json;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The endpoints of models and of the API key (docs/wire.md#models).</summary>
internal static class ModelsEndpoint
{
    public static Task ListAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
    {
        writer.WriteString("object", "list");
        WriteAll(writer, "data", WriteModel);
    }));

    public static Task ListLanguageModelsAsync(HttpContext http) =>
        AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer => WriteAll(writer, "models", WriteLanguageModel)));

    public static Task GetAsync(HttpContext http, string name) => GetAsync(http, name, WriteModel);

    public static Task GetLanguageModelAsync(HttpContext http, string name) => GetAsync(http, name, WriteLanguageModel);

    /// <summary>Writes an empty list, for kinds of models that the emulator does not have.</summary>
    public static Task ListNoneAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer => WriteList(writer, "models", [])));

    /// <summary>Writes the description of the API key.</summary>
    public static Task GetKeyAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
    {
        const string AnonymousId = "00000000-0000-0000-0000-000000000000";
        writer.WriteString("redacted_api_key", "xai-...emul");
        foreach (var name in (string[])["user_id", "modified_by", "team_id", "api_key_id"])
        {
            writer.WriteString(name, AnonymousId);
        }

        writer.WriteString("name", "emulator");
        writer.WriteString("create_time", "2026-01-01T00:00:00Z");
        writer.WriteString("modify_time", "2026-01-01T00:00:00Z");
        WriteList(writer, "acls", ["api-key:endpoint:*", "api-key:model:*"]);
        foreach (var name in (string[])["team_blocked", "api_key_blocked", "api_key_disabled"])
        {
            writer.WriteBoolean(name, false);
        }
    }));

    private static Task GetAsync(HttpContext http, string name, Action<Utf8JsonWriter, ModelInfo> write)
    {
        var model = ModelCatalog.Find(name) ?? throw ApiException.NotFound($"The model {name} was not found.");
        return AnswerWriter.WriteJsonAsync(http, Json.Write(writer => write(writer, model)));
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, Action<Utf8JsonWriter, ModelInfo> write)
    {
        writer.WriteStartArray(name);
        foreach (var model in ModelCatalog.All)
        {
            write(writer, model);
        }

        writer.WriteEndArray();
    }

    private static void WriteModel(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", model.Id);
        writer.WriteNumber("created", model.Created);
        writer.WriteString("object", "model");
        writer.WriteString("owned_by", "xai");
        WriteList(writer, "aliases", model.Aliases);
        writer.WriteNumber("context_length", model.ContextLength);
        WritePrices(writer, model);
        writer.WriteEndObject();
    }

    private static void WriteLanguageModel(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", model.Id);
        writer.WriteString("fingerprint", model.Fingerprint);
        writer.WriteNumber("created", model.Created);
        writer.WriteString("object", "model");
        writer.WriteString("owned_by", "xai");
        writer.WriteString("version", "1.0.0");
        WriteList(writer, "input_modalities", ["text", "image"]);
        WriteList(writer, "output_modalities", ["text"]);
        WritePrices(writer, model);
        writer.WriteNumber("search_price", 0);
        WriteList(writer, "aliases", model.Aliases);
        writer.WriteEndObject();
    }

    private static void WritePrices(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteNumber("prompt_text_token_price", model.InputPrice);
        writer.WriteNumber("cached_prompt_text_token_price", model.CachedPrice);
        writer.WriteNumber("prompt_image_token_price", model.InputPrice);
        writer.WriteNumber("completion_text_token_price", model.OutputPrice);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, string[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
